export {type GoldenPlaces, goldenPlacesIn} from './golden-places.ts'
export {
  type GoldenAdded,
  type GoldenDraft,
  type GoldenOrigin,
  type GoldenQuestion,
  type GoldenQuestions,
  maxGoldenQuestions,
} from './golden-questions.ts'
export {type GoldenQuestionsOptions, openGoldenQuestions} from './open-golden-questions.ts'
export {
  openPostgresGoldenQuestions,
  type PostgresGoldenQuestionsOptions,
} from './postgres/open-postgres-golden-questions.ts'
