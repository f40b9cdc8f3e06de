export type {
  BuildLease,
  BuildPages,
  BuildPart,
  CurrentBuild,
  IndexBuild,
  Manifest,
  NeighbourRecall,
  OutlineEntry,
  SourceSummary,
  StoredPage,
  StoredPassage,
  StoredSection,
  TextWeights,
  VectorSearchMode,
  WordForms,
  WordsHit,
} from './build.ts'
export {buildFolder, currentBuildId} from './build-folders.ts'
export {openPages} from './build-pages.ts'
export {knownLanguagesOf} from './build-part.ts'
export {
  type BuildRecords,
  type FileRecord,
  openBuildRecords,
  type PageDigest,
  type PageRecord,
  type SectionTextRecord,
} from './build-records.ts'
export type {BaseBuild, BuildLock, BuildStore, ListedBuild} from './build-store.ts'
export type {BuildWriter} from './build-writer.ts'
export {
  type BuildChanges,
  type ChangedPage,
  compareBuilds,
  type PageChangeKind,
  sectionTextIn,
} from './compare-builds.ts'
export {listedAsServed, type OpenCurrentBuild, openCurrentBuild} from './current-build.ts'
export {embeddingHashOf, embeddingTextOf} from './embedding-text.ts'
export type {IncludedFile, SourceFile, StoredFidelity} from './indexed-page.ts'
export {
  filesAt,
  isOfRoot,
  LinkTargets,
  splitTarget,
  withoutQuery,
} from './link-targets.ts'
export {localBuilds} from './local-builds.ts'
export {readManifest, writeManifest} from './manifest.ts'
export {openBuild} from './open-build.ts'
export type {OutlineItem, OutlineMaker, PlacedPage} from './outline.ts'
export {type PageLookup, pageAtRoute, routeOfPage} from './page-address.ts'
export {buildFormat, databaseFile, hnswFile} from './schema.ts'
export {type DifferentLines, type SectionNow, type SectionThen, sectionsNow} from './sections-now.ts'
export {type BuildsDatabase, openBuilds, withBuilds} from './shared/open-builds.ts'
export {type ServedBuild, type ServedBuilds, tellServedBuild} from './shared/served-builds.ts'
export {openSharedBuilds, type SharedBuilds, type SharedBuildsOptions} from './shared/shared-builds.ts'
export {TopK} from './top-k.ts'
export {writeBuild} from './write-build.ts'
