/** A folder of a project, as far as finding its generator needs it. Paths are below the folder, with `/` on every system. */
export interface ProjectFolder {
  /** The folder's path below the project's root; empty for the root itself. */
  readonly path: string
  /** Names of files, and of folders with `/` at the end, sorted. Empty for a folder that cannot be listed. */
  list(folder?: string): readonly string[]
  /** The text of a file; null if there is none, or if it cannot be read or has over 512 KB. Never leaves the project. */
  read(file: string): string | null
}

/** A configuration file. */
export interface ConfigFile {
  /** Below the folder in which it was looked for. */
  readonly path: string
  readonly text: string
}

/** The first file of a folder whose name matches and that can be read. */
export function configIn(folder: ProjectFolder, name: RegExp, below = ''): ConfigFile | null {
  for (const found of folder.list(below)) {
    if (found.endsWith('/') || !name.test(found)) continue
    const path = below === '' ? found : `${below}/${found}`
    const text = folder.read(path)
    if (text !== null) return {path, text}
  }
  return null
}
