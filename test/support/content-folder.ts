import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'

export interface ContentFolder {
  /** Contains `content` and `data`. */
  readonly root: string
  readonly content: string
  readonly dataDir: string
  write(path: string, text: string | Uint8Array): void
  remove(path: string): void
  /** Removes everything. */
  clear(): void
}

/** A temporary folder of Markdown with a data folder beside it. */
export function contentFolder(files: Readonly<Record<string, string>> = {}): ContentFolder {
  const root = mkdtempSync(join(tmpdir(), 'docent-content-'))
  const content = join(root, 'content')
  mkdirSync(content)
  const folder: ContentFolder = {
    root,
    content,
    dataDir: join(root, 'data'),
    write(path, text) {
      mkdirSync(dirname(join(content, path)), {recursive: true})
      writeFileSync(join(content, path), text)
    },
    remove: (path) => rmSync(join(content, path), {recursive: true}),
    clear: () => rmSync(root, {recursive: true, force: true}),
  }
  for (const [path, text] of Object.entries(files)) folder.write(path, text)
  return folder
}
