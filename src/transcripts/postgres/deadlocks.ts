import {DocentError} from '../../domain/index.ts'

const maxAttempts = 5
/** SQLSTATE of a transaction that was rolled back because it and another one waited for each other. */
const deadlockCode = '40P01'

/**
 * Runs a transaction again that PostgreSQL has rolled back because of a deadlock, up to five times in all: nothing of it was
 * kept, and whoever was in the way has gone on.
 * @throws what `transaction` rejects with.
 */
export async function untilNoDeadlock<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction()
    } catch (error) {
      if (attempt === maxAttempts || !isDeadlock(error)) throw error
    }
  }
}

function isDeadlock(error: unknown): boolean {
  return error instanceof DocentError && error.details['postgres'] === deadlockCode
}
