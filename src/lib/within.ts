/**
 * Settles as the work does, or with what `late` gives or throws if the time is up before. The work goes on all the same, and
 * nobody is told of it any more.
 * @param ms milliseconds
 */
export async function within<T>(ms: number, work: Promise<T>, late: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  }).then(late)
  try {
    return await Promise.race([work, timeUp])
  } finally {
    clearTimeout(timer)
  }
}
