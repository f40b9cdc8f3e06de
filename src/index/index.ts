export * from './build.ts'
export {openPages} from './build-pages.ts'
export {type BuildRecords, type FileRecord, openBuildRecords, type PageRecord} from './build-records.ts'
export {
  buildFolder,
  buildIds,
  currentBuildId,
  earlierBuildId,
  isBuildId,
  type ListedBuild,
  listBuilds,
  makeCurrent,
  pruneBuilds,
  publishBuild,
  removeStaging,
} from './build-store.ts'
export {type BaseBuild, type BuildWriter, openBuildWriter, type WriterOptions} from './build-writer.ts'
export {
  type BuildChange,
  type CurrentBuildOptions,
  type OpenCurrentBuild,
  openCurrentBuild,
} from './current-build.ts'
export {embeddingHashOf, embeddingTextOf} from './embedding-text.ts'
export type {IncludedFile, IndexedPage, PageReference, SourceFile, StoredFidelity} from './indexed-page.ts'
export {readManifest, writeManifest} from './manifest.ts'
export {mismatchOf, openBuild} from './open-build.ts'
export {buildFormat, databaseFile, hnswFile} from './schema.ts'
export {type WriteBuildOptions, writeBuild} from './write-build.ts'
