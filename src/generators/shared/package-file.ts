import {isRecord} from './config-values.ts'
import type {ProjectFolder} from './project-folder.ts'

/** The range in which a folder's `package.json` asks for a package; null if it does not. */
export function dependencyIn(folder: ProjectFolder, name: string): string | null {
  const text = folder.list().includes('package.json') ? folder.read('package.json') : null
  if (text === null || !text.includes(`"${name}"`)) return null
  try {
    const data: unknown = JSON.parse(text)
    if (!isRecord(data)) return null
    for (const kind of ['dependencies', 'devDependencies']) {
      const range = isRecord(data[kind]) ? data[kind][name] : undefined
      if (typeof range === 'string') return range
    }
  } catch {
    // Not JSON.
  }
  return null
}
