import { help } from "./crew.js";
import { jpg32Images } from "./jpg32-images.js";

help(jpg32Images);
