import {DocentError} from '../domain/index.ts'
import {allGenerators, findSite, type Site} from '../generators/index.ts'
import {projectOf} from './project.ts'
import type {FolderScan} from './scan-folder.ts'

/**
 * The site that the scanned files belong to. `name` decides on the generator; null finds it.
 * @throws DocentError `config` for an unknown name.
 */
export function siteOf(scan: FolderScan, name: string | null): Site {
  const site = findSite(
    projectOf(scan, [...scan.files, ...scan.unreadable.filter(({isFolder}) => !isFolder)]),
    name,
  )
  if (site) return site
  const known = allGenerators.map((generator) => generator.name).join(', ')
  throw new DocentError(
    'config',
    `there are no rules for the site generator ${JSON.stringify(name)}; known are ${known}`,
  )
}
