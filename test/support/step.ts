/** Runs one step of a check, and prints its result and duration. */
export async function step<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const started = performance.now()
  try {
    const result = await work()
    console.log(`  ok ${name} (${Math.round(performance.now() - started)} ms)`)
    return result
  } catch (error) {
    console.error(`  failed: ${name}`)
    throw error
  }
}
