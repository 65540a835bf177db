import { computeWhatIsCommitted, notebooks, training } from "./notebooks/committed.js";

/** The notebooks that train networks, from nothing, in their order: the last one shows what the others ran. */
computeWhatIsCommitted(
  notebooks.filter((name) => training.includes(name.slice(0, 2))),
  1200,
);
