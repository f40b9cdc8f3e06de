/** Stands for every fragment: a part of the page is written elsewhere. */
export const anyFragment = '*'
