/** Goes on in another task, so that the browser can draw and handle input in the meantime. */
export function yieldTask(): Promise<void> {
  const {scheduler} = globalThis as {scheduler?: {yield?: () => Promise<void>}}
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve))
}
