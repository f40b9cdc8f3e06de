export {type CurrentPages, currentPagesOf} from './asked-versions.ts'
export {calibrate} from './calibrate.ts'
export {type Calibration, defaultCalibration, isCurrentCalibration, parseCalibration} from './calibration.ts'
export {createRetriever, type RetrieverOptions} from './create-retriever.ts'
export {type BuildExplainer, openBuildExplainer} from './explain-process.ts'
export {outOfDomainQuestions} from './out-of-domain-questions.ts'
export {addressesOf} from './page-links.ts'
export {
  headingsOf,
  type NamedPage,
  namedPage,
  type PageHeading,
  pageMeant,
  pagesOfVersion,
  sectionMeant,
} from './page-text.ts'
export type {
  DocsSearch,
  ExplainedSearch,
  Explanation,
  Retrieval,
  RetrievalQuery,
  RetrieveOptions,
  Retriever,
  SearchHit,
  SearchResult,
} from './retriever.ts'
export {partDepthFactor, semanticDepth} from './search-depths.ts'
export {
  addressOfFile,
  type NamedPlace,
  namedPlaceAt,
  pageDigest,
  type SectionPlace,
  type SectionText,
  sectionTextAt,
} from './section-text.ts'
export {type Stage, stages} from './stages.ts'
export {isStartingPage} from './starting/starting-pages.ts'
export {createStartingQuestions, type StartingQuestions} from './starting/starting-questions.ts'
export {syntheticQuestions} from './synthetic-questions.ts'
export {prepareTyping} from './typing/section-names.ts'
export {likeliestRoute, pageAtAddress} from './visitor-place.ts'
