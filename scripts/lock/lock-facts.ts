interface LockedPackage {
  engines?: Record<string, string>
  hasInstallScript?: boolean
}

interface Lock {
  readonly packages: Record<string, LockedPackage>
}

interface LockFact {
  /** Name of the package, the last part of its path in the lock. */
  readonly name: string
  /** The fact in words, for messages. */
  readonly fact: string
  readonly isStated: (entry: LockedPackage) => boolean
  readonly state: (entry: LockedPackage) => void
}

/** Every Node.js without Node-API 10; newer ones use better-sqlite3 13, see src/native/sqlite.ts. */
const nodesOfSqlite12 = '<22.14.0 || >=23.0.0 <23.6.0'

export const lockFacts: readonly LockFact[] = [
  // Its package contains the binary. npm records an install script if it has run one, even one that does nothing.
  withoutInstallScript('better-sqlite3'),
  {
    // It crashes Node 24.19 and later, and where version 13 works, compiling it would waste a minute and a half.
    name: 'better-sqlite3-12',
    fact: `better-sqlite3-12 is for Node ${nodesOfSqlite12}`,
    isStated: (entry) => entry.engines?.['node'] === nodesOfSqlite12,
    state: (entry) => {
      entry.engines = {node: nodesOfSqlite12}
    },
  },
  // Its script downloads GPU libraries, 300 MB that Docent never loads, and fails without internet access.
  withoutInstallScript('onnxruntime-node'),
]

function withoutInstallScript(name: string): LockFact {
  return {
    name,
    fact: `${name} has no install script`,
    isStated: (entry) => entry.hasInstallScript === undefined,
    state: (entry) => {
      delete entry.hasInstallScript
    },
  }
}

/**
 * Returns the text of a lock with all facts added, and the facts that were missing.
 * @throws Error if the lock does not contain the package of a fact.
 */
export function withLockFacts(text: string): {readonly text: string; readonly missing: readonly string[]} {
  const lock = JSON.parse(text) as Lock
  const missing: string[] = []
  for (const {name, fact, isStated, state} of lockFacts) {
    const entries = Object.entries(lock.packages).filter(([place]) => place.endsWith(`node_modules/${name}`))
    if (entries.length === 0)
      throw new Error(`${name} is not in the lock; remove its fact from lock-facts.ts`)
    for (const [, entry] of entries) {
      if (isStated(entry)) continue
      state(entry)
      missing.push(fact)
    }
  }
  return {text: missing.length === 0 ? text : `${JSON.stringify(lock, null, 2)}\n`, missing}
}
