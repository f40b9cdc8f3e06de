/**
 * Folders whose pages all have one label, such as a version, while the folder above holds others too. `pages` are paths of
 * pages with the labels under which a navigation lists them.
 */
export function labelledFolders(pages: ReadonlyMap<string, ReadonlySet<string>>): Record<string, string> {
  const labels = new Map<string, Set<string>>()
  for (const [page, names] of pages) {
    const parts = page.split('/')
    for (let length = 0; length < parts.length; length++) {
      const folder = parts.slice(0, length).join('/')
      const known = labels.get(folder) ?? new Set<string>()
      for (const name of names) known.add(name)
      labels.set(folder, known)
    }
  }
  const found: Record<string, string> = {}
  for (const [folder, names] of labels) {
    if (folder === '' || names.size !== 1) continue
    const parent = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : ''
    if (labels.get(parent)!.size > 1) found[folder] = [...names][0]!
  }
  return found
}
