interface LockedPackage {
  engines?: Record<string, string>
  hasInstallScript?: boolean
}

interface Lock {
  readonly packages: Record<string, LockedPackage>
}

interface LockFact {
  /** Of the package, as the last part of its place in the lock. */
  readonly name: string
  /** What is stated, for a message. */
  readonly fact: string
  readonly isStated: (entry: LockedPackage) => boolean
  readonly state: (entry: LockedPackage) => void
}

/** Every Node without Node-API 10; the others have better-sqlite3 13, see src/native/sqlite.ts. */
const nodesOfSqlite12 = '<22.14.0 || >=23.0.0 <23.6.0'

export const lockFacts: readonly LockFact[] = [
  // Its binary comes with it. npm writes that there is a script where it has built one that does nothing.
  withoutInstallScript('better-sqlite3'),
  {
    // It aborts Node 24.19 and later, and where 13 runs it would be compiled for nothing, for a minute and a half.
    name: 'better-sqlite3-12',
    fact: `better-sqlite3-12 is for Node ${nodesOfSqlite12}`,
    isStated: (entry) => entry.engines?.['node'] === nodesOfSqlite12,
    state: (entry) => {
      entry.engines = {node: nodesOfSqlite12}
    },
  },
  // Its script downloads libraries for GPUs, 300 MB that Docent never loads, and fails without internet access.
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
 * The text of a lock with every fact in it, and the facts that were missing.
 * @throws Error when a package that a fact is about is not in the lock.
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
