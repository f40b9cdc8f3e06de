/** What the browser keeps for the console. Where storage is not allowed nothing is kept, and nothing fails. */

const prefix = 'docent:console:'

export function stored<T>(kind: 'localStorage' | 'sessionStorage', name: string): T | null {
  try {
    return JSON.parse(window[kind].getItem(prefix + name) ?? 'null') as T | null
  } catch {
    return null
  }
}

/** Null removes it. */
export function store(kind: 'localStorage' | 'sessionStorage', name: string, value: unknown): void {
  try {
    if (value === null) window[kind].removeItem(prefix + name)
    else window[kind].setItem(prefix + name, JSON.stringify(value))
  } catch {
    // Full, or not allowed.
  }
}

/** Removes what this tab has kept of transcripts, as when somebody signs out. */
export function forgetTab(): void {
  try {
    for (const name of Object.keys(sessionStorage))
      if (name.startsWith(prefix)) sessionStorage.removeItem(name)
  } catch {
    // Nothing is kept.
  }
}
