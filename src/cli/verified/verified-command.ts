import {DocentError} from '../../domain/index.ts'
import {cleanLine, cleanText, escapedJson} from '../../lib/clean-text.ts'
import {howToRun} from '../../package/index.ts'
import {type OpenCurrentBuild, openCurrentBuild} from '../../search-index/index.ts'
import {loadSettings, type Settings} from '../../settings/index.ts'
import {
  checkedDraft,
  existingPlace,
  type FindPlace,
  findPlaceIn,
  listedVerified,
  type Shown,
  shownVerified,
  type VerifiedAnswer,
  type VerifiedAnswers,
  type VerifiedChange,
  type VerifiedItem,
} from '../../verified/index.ts'
import {exitCodeOf} from '../exit-code.ts'
import {foundById} from '../found-by-id.ts'
import {type CommandLine, noteInAudit} from '../staff/note-in-audit.ts'
import {systemUser} from '../staff/system-user.ts'
import {type StoresSettings, withStores} from '../stores.ts'
import {type Output, standardOutput} from '../terminal.ts'
import {UsageError} from '../usage-error.ts'
import {help, parseArguments, refuseOtherOptions, revisionIn, stateIn, type Values} from './options.ts'
import {changedDraft, newDraft} from './written-draft.ts'

export interface VerifiedCommandEnvironment extends Output {
  readonly settings: () => StoresSettings & Pick<Settings, 'siteUrl'>
}

/** `docent verified`: answers that staff wrote, also while the server runs. */
export async function run(args: readonly string[]): Promise<number> {
  return verifiedCommand(args, {settings: loadSettings, ...standardOutput()})
}

/** Returns the exit code: 0 done, 1 not possible, 2 bad usage or settings. */
export async function verifiedCommand(
  args: readonly string[],
  environment: VerifiedCommandEnvironment,
): Promise<number> {
  return exitCodeOf('verified', () => command(args, environment), environment.warn)
}

interface Call extends VerifiedCommandEnvironment {
  readonly values: Values
  readonly store: VerifiedAnswers
  readonly placeOf: FindPlace
  /** The id that was given, or the beginning of one; '' for commands without one. */
  readonly given: string
  /** Writes a line to the audit log before something is done. */
  readonly note: (line: CommandLine) => Promise<void>
}

const commands: Readonly<Record<string, (call: Call) => Promise<void>>> = {
  list,
  show: async (call) => report(call, await found(call), wholeText),
  add,
  change,
  publish,
  async withdraw(call) {
    const {id, by} = await decision(call)
    await call.note({what: 'verified_withdrawn', which: id})
    report(call, await call.store.withdraw(id, by), outcomeOf('Withdrawn'))
  },
  async delete(call) {
    const {id} = await decision(call)
    await call.note({what: 'verified_deleted', which: id})
    await call.store.delete(id)
    call.print(call.values.json ? `${JSON.stringify({id, isDeleted: true})}\n` : `Deleted ${id}.\n`)
  },
}

const withoutId = ['list', 'add']

async function command(args: readonly string[], environment: VerifiedCommandEnvironment): Promise<number> {
  const {values, positionals} = parseArguments(args)
  const [name = 'list', given, ...more] = positionals
  if (values.help || name === 'help') {
    environment.print(help)
    return 0
  }
  if (!Object.hasOwn(commands, name)) throw new UsageError(`${name} is not a command`)
  const needsId = !withoutId.includes(name)
  if (needsId && given === undefined)
    throw new UsageError(`${name} needs the ID of a verified answer; list shows them`)
  const unexpected = needsId ? more : positionals.slice(1)
  if (unexpected.length > 0) throw new UsageError(`unexpected ${unexpected.join(' ')}`)
  refuseOtherOptions(name, values)
  const settings = environment.settings()
  const dataDir = values.data ?? settings.dataDir
  return withStores({...settings, dataDir}, async (stores) => {
    const store = await stores.verified()
    let current: OpenCurrentBuild | null = null
    try {
      current = await openCurrentBuild(await stores.builds())
      if (current.id === null)
        environment.warn(`There is no index, so that none is given: ${howToRun('ingest')} makes one.\n`)
      await commands[name]!({
        ...{...environment, values, store, given: given ?? ''},
        placeOf: findPlaceIn(current, settings.siteUrl),
        note: (line) => noteInAudit(stores, line, environment.warn),
      })
    } finally {
      await current?.close()
      store.close()
    }
    return 0
  })
}

async function list(call: Call): Promise<void> {
  const {store, values, placeOf, print} = call
  const filter = {state: stateIn(values), q: values.q}
  const items = await listedVerified(await store.list(), filter, placeOf)
  if (values.json) return print(jsonOf({items}))
  if (items.length === 0) return print('There are no such verified answers.\n')
  for (const item of items) print(`${lineOf(item)}\n`)
}

function lineOf(item: Shown<VerifiedItem>): string {
  const {id, question, url, anchor, changedAt} = item
  const day = new Date(changedAt).toISOString().slice(0, 10)
  return `${id.padEnd(14)}${stateOf(item).padEnd(11)}${day}  ${cleanLine(`${question}  ${addressOf({url, anchor})}`)}`
}

async function add(call: Call): Promise<void> {
  const {values, store, placeOf, note} = call
  const answerRef = values.answer ?? null
  const {draft} = checkedDraft(newDraft(values), placeOf, null)
  if (answerRef !== null && !/^[\w-]{1,64}$/.test(answerRef))
    throw new UsageError('--answer must be the ref of an answer')
  await note({what: 'verified_proposed', ...(answerRef === null ? {} : {which: answerRef})})
  const answer = await store.propose(draft, {by: systemUser().name, answerRef})
  report(
    call,
    answer,
    outcomeOf(`Proposed; ${howToRun('verified', `publish ${answer.id}`)} gives it to visitors`),
  )
}

async function change(call: Call): Promise<void> {
  const {values, store, placeOf, note} = call
  const {id, by, before} = await decision(call)
  const {draft, place} = checkedDraft(changedDraft(values, before), placeOf, null)
  await note({what: 'verified_changed', which: id})
  report(call, await store.change(id, draft, by, place.pageDigest), outcomeOf('Changed'))
}

async function publish(call: Call): Promise<void> {
  const {store, placeOf, note} = call
  const {id, by, before} = await decision(call)
  const place = existingPlace(before, placeOf)
  await note({what: 'verified_published', which: id})
  const {answer, replaced} = await store.publish(id, by, place.pageDigest)
  const instead = replaced === null ? '' : `, in place of ${replaced}, which is withdrawn`
  report(call, answer, outcomeOf(`Published${instead}`), {replaced})
}

interface Decision {
  readonly id: string
  readonly before: VerifiedAnswer
  readonly by: VerifiedChange
}

/** What is changed, of which revision. @throws DocentError `not_found`, `conflict`. */
async function decision(call: Call): Promise<Decision> {
  const wanted = revisionIn(call.values)
  const before = await found(call)
  if (wanted !== null && wanted !== before.revision) {
    throw new DocentError(
      'conflict',
      `Its revision is ${before.revision}: ${cleanLine(before.changedBy)} has changed it. Read it again, and decide anew.`,
    )
  }
  return {id: before.id, before, by: {by: systemUser().name, revision: before.revision}}
}

/** @throws DocentError `not_found`. */
function found({store, given}: Call): Promise<VerifiedAnswer> {
  return foundById(given, {
    what: 'verified answer',
    listing: howToRun('verified', 'list'),
    get: (id) => store.get(id),
    idsStartingWith: async (start, limit) =>
      (await store.list()).flatMap(({id}) => (id.startsWith(start) ? [id] : [])).slice(0, limit),
  })
}

type Text = (answer: Shown<VerifiedAnswer>) => string

/** Prints an answer: as JSON with all there is, or what a text says of it. */
function report({values, placeOf, print}: Call, answer: VerifiedAnswer, text: Text, more: object = {}): void {
  const shown = shownVerified(answer, placeOf)
  print(values.json ? jsonOf({...shown, ...more}) : text(shown))
}

const outcomeOf =
  (done: string): Text =>
  ({id, question}) =>
    `${id}  ${cleanLine(question)}\n${done}.\n`

function wholeText(answer: Shown<VerifiedAnswer>): string {
  const {id, question, text, lang, version, answerRef, proposedBy, changedBy, revision} = answer
  const facts = [
    `${id}, ${stateOf(answer)}, revision ${revision}, proposed by ${proposedBy}, last changed by ${changedBy}`,
    `rests on ${addressOf(answer)}${answer.section === null ? ', which the docs do not have now' : ''}`,
    ...(lang === null ? [] : [`language ${lang}`]),
    ...(version === null ? [] : [`version ${version}`]),
    ...(answerRef === null ? [] : [`written for answer ${answerRef}`]),
  ]
  const shownFacts = facts.map((fact) => `  ${cleanLine(fact)}`).join('\n')
  return `${cleanLine(question)}\n${shownFacts}\n\n${cleanText(text)}\n`
}

function stateOf({state, isResting}: Pick<Shown<VerifiedItem>, 'state' | 'isResting'>): string {
  return isResting ? 'resting' : state
}

function addressOf({url, anchor}: Pick<VerifiedAnswer, 'url' | 'anchor'>): string {
  return anchor === '' ? url : `${url}#${anchor}`
}

function jsonOf(value: object): string {
  return `${escapedJson(JSON.stringify(value, null, 2))}\n`
}
