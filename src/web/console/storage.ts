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

/** What somebody has begun to write and not saved, in this tab. Each person finds their own, and nobody another's. */
export interface Drafts {
  read<T>(name: string): T | null
  /** Null removes it. */
  write(name: string, draft: unknown): void
  /** Whether there is any. */
  hasAny(): boolean
}

/** @param who identifies the person, the same at every sign-in. */
export function draftsOf(who: string): Drafts {
  const own = `draft:${encodeURIComponent(who)}:`
  return {
    read: (name) => stored('sessionStorage', own + name),
    write: (name, draft) => store('sessionStorage', own + name, draft),
    hasAny: () => keptInTab().some((name) => name.startsWith(prefix + own)),
  }
}

/** Removes what this tab has kept, as when somebody signs out, except what others have begun to write. */
export function forgetTab(who: string): void {
  const others = `${prefix}draft:`
  const own = `${others}${encodeURIComponent(who)}:`
  for (const name of keptInTab()) {
    if (name.startsWith(own) || !name.startsWith(others)) sessionStorage.removeItem(name)
  }
}

/** Keys, with the prefix. */
function keptInTab(): string[] {
  try {
    return Object.keys(sessionStorage).filter((name) => name.startsWith(prefix))
  } catch {
    return []
  }
}
