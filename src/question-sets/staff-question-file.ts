/** The golden questions of the staff, in the data folder. */
export const staffQuestionFile = 'golden.jsonl'

/** A larger file is not read. */
export const maxStaffQuestionBytes = 32 * 1024 * 1024
