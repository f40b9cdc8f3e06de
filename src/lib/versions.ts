const naturally = new Intl.Collator('en', {numeric: true})

/** Without `v` and `version-` before its number, and without `.x` behind it; in lower case. */
export function bareVersion(version: string): string {
  return version
    .toLowerCase()
    .replace(/^(?:version[-\s]?)?v?(?=\d)/, '')
    .replace(/(?:\.?x)+$/, '')
}

/** Whether a version is a number or a date, and no name such as `next`. */
export function isNumberedVersion(version: string): boolean {
  return /^\d/.test(bareVersion(version))
}

/** Oldest first: `9.x` before `10.x`, `2.0-rc1` before `2.0`, names such as `next` and `latest` after all numbers. */
export function compareVersions(one: string, other: string): number {
  const byKind = Number(isNumberedVersion(other)) - Number(isNumberedVersion(one))
  if (byKind !== 0) return byKind
  const [release, stage] = partsOf(one)
  const [otherRelease, otherStage] = partsOf(other)
  const byRelease = naturally.compare(release, otherRelease)
  if (byRelease !== 0 || stage === otherStage) return byRelease
  if (stage === '' || otherStage === '') return stage === '' ? 1 : -1
  return naturally.compare(stage, otherStage)
}

/** `2.0` and `rc1` of `2.0-rc1`; the stage of a release is empty. */
function partsOf(version: string): [release: string, stage: string] {
  const bare = bareVersion(version)
  const parts = /^(\d[\d.-]*?)-?([a-z].*)$/.exec(bare)
  return parts ? [parts[1]!, parts[2]!] : [bare, '']
}
