export {type EditedText, offsetsIn, type Replacement} from './edited-text.ts'
export {checkedPatterns, type OwnPattern} from './own-patterns.ts'
export {redactValue} from './redact-value.ts'
export {
  createRedactor,
  noRedactor,
  type Redacted,
  type Redactor,
  type RedactorOptions,
  type RedactorRecipe,
  redactorFrom,
} from './redactor.ts'
export {type RedactionKind, redactionKinds} from './spans.ts'
