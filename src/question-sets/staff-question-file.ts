/** The golden questions of the staff, in the data folder. */
export const staffQuestionFile = 'golden.jsonl'

/** Most of its lines that cannot be read of which it is said what is wrong. */
export const maxLineProblems = 50

/** A larger file is not read. */
export const maxStaffQuestionBytes = 32 * 1024 * 1024
