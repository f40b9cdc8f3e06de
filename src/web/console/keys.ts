/** Whether a key belongs to what somebody writes or chooses. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true
  const target = event.target as Element | null
  return target?.closest?.('input:not([type="range"]), textarea, select, [contenteditable]') != null
}
