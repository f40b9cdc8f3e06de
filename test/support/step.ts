/** Does one step of a check that prints its way, and says how it went and how long it took. */
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
