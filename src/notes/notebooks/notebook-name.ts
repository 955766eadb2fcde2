import { cleanTagName, nameProblem, tagKey } from '../tag-name';

/** How deep notebooks may be: one that is in no other has depth 1. */
export const MAX_DEPTH = 16;

/** The most notebooks that a user may have. */
export const MAX_NOTEBOOKS = 10_000;

/** The longest name, in code points. */
export const MAX_NAME = 100;

/** `name` as it is stored and shown, as that of a tag. */
export const cleanNotebookName = cleanTagName;

/** What two spellings of the name of one notebook have in common, as of a tag: case and compatibility forms do not count. */
export const notebookKey = tagKey;

/** Says what is wrong with `name`, as the end of a sentence, or null if nothing is. It may have commas, other than that of a tag. */
export const notebookNameProblem = nameProblem;
