import { help } from "./crew.js";
import { folderImages } from "./folder-images.js";

help(folderImages);
