import {DocentError} from '../domain/index.ts'
import {allGenerators, findSites, type OtherSite, type Project, type Site} from '../generators/index.ts'
import {isMisspellingOf} from '../lib/misspelling.ts'
import {projectOf} from './project.ts'
import type {FolderScan} from './scan-folder.ts'

/** The project of the scanned files, those that cannot be read included. */
export function projectOfScan(scan: FolderScan): Project {
  return projectOf(scan, [...scan.files, ...scan.unreadable.filter(({isFolder}) => !isFolder)])
}

/**
 * The site that the scanned files belong to. `name` decides on the generator; null finds it.
 * @throws DocentError `config` for an unknown name.
 */
export function siteOf(scan: FolderScan, name: string | null): Site {
  return sitesOf(scan, name).site
}

/** The same with the other sites that have files among the scanned ones. */
export function sitesOf(
  scan: FolderScan,
  name: string | null,
): {readonly site: Site; readonly others: readonly OtherSite[]} {
  const found = findSites(projectOfScan(scan), name)
  if (found) return found
  const known = allGenerators.map((generator) => generator.name)
  const near = known.find((one) => isMisspellingOf(name!.toLowerCase(), one))
  throw new DocentError(
    'config',
    `there are no rules for the site generator ${JSON.stringify(name)}; ${near ? `did you mean ${near}? Known` : 'known'} are ${known.join(', ')}`,
  )
}
