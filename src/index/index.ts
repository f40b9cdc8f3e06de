export * from './build.ts'
export {
  buildFolder,
  buildIds,
  currentBuildId,
  isBuildId,
  type ListedBuild,
  listBuilds,
  pruneBuilds,
  publishBuild,
  removeStaging,
  rollback,
} from './build-store.ts'
export {type BaseBuild, type BuildWriter, openBuildWriter, type WriterOptions} from './build-writer.ts'
export {
  type BuildChange,
  type CurrentBuildOptions,
  type OpenCurrentBuild,
  openCurrentBuild,
} from './current-build.ts'
export {embeddingHashOf, embeddingTextOf} from './embedding-text.ts'
export type {Fidelity, IndexedPage, PageReference, SourceFile} from './indexed-page.ts'
export {openBuild} from './open-build.ts'
export {type WriteBuildOptions, writeBuild} from './write-build.ts'
