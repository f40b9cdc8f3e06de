/** The command line is wrong, or what it names is not there. */
export class UsageError extends Error {}
