import { computeWhatIsCommitted, notebooks, openInAnyJupyter, training } from "./notebooks/committed.js";

/** The committed notebooks are what the code computes; those that train take minutes, and are in notebooks.long.test.ts. */
computeWhatIsCommitted(
  notebooks.filter((name) => !training.includes(name.slice(0, 2))),
  120,
);
openInAnyJupyter(notebooks);
