import {createHmac, randomBytes, timingSafeEqual} from 'node:crypto'
import type {NextFunction, Request, Response} from 'express'
import {DocentError} from '../../domain/index.ts'
import {digestOf} from '../../lib/secrets.ts'
import {type Person, type Role, type StaffStore, sessionMs} from '../../staff/index.ts'
import {isProvenOwnPage} from '../guards/origins.ts'
import {visitorOf} from '../limits/limits.ts'
import type {Auditor} from './auditor.ts'
import {type EndedSessions, openEndedSessions} from './ended-sessions.ts'
import {createGuesses, type Guesses} from './guesses.ts'
import {linkMember, personMember, type StaffMember, setMember, sharedMember} from './member.ts'
import {createSessions} from './sessions.ts'

export interface StaffTokens {
  readonly adminToken: string | null
  readonly docsToken: string | null
  readonly supportToken: string | null
}

export interface StaffOptions {
  /** People and their sessions. */
  readonly store: StaffStore
  readonly auditor: Auditor
  /** Default: a counter of its own. */
  readonly guesses?: Guesses
  /** File that keeps sign-outs of shared tokens across restarts; default: memory only. */
  readonly endedSessionsFile?: string | null
  /** Keeps them instead of that file, for several servers. */
  readonly endedSessions?: EndedSessions
  readonly onProblem?: (error: unknown) => void
  readonly now?: () => number
}

/**
 * Who may use the staff API, and how they sign in.
 * @throws DocentError from every method that takes a request: `rate_limited` after repeated wrong secrets, `storage` if
 * people cannot be read.
 */
export interface Staff {
  /**
   * Middleware that allows these roles, and always admin; `memberOf(response)` is who it was. Sends 401 without a sign-in,
   * 403 for another role.
   */
  allow(
    ...roles: readonly Role[]
  ): (request: Request, response: Response, next: NextFunction) => Promise<void>
  /**
   * Who sent a request; null if nobody is signed in.
   * @throws DocentError `origin_not_allowed` for a request to change something with a cookie, unless the browser says that
   * a page of this server sent it.
   */
  whoIs(request: Request): Promise<StaffMember | null>
  /** Checks a shared token, a person's, or that of a one-time link, and sets the console's cookie. Null if it is wrong. */
  signIn(request: Request, response: Response, token: string): Promise<StaffMember | null>
  /**
   * Like `signIn`, for a token in a URL: accepts only one-time tokens, because URLs end up in proxy logs and browser
   * histories.
   */
  signInByLink(request: Request, response: Response, token: string): Promise<StaffMember | null>
  /** Takes up an invitation and signs in. Null if it is not valid, or no longer. The token can never be read again. */
  takeUp(request: Request, response: Response, invitation: string): Promise<Joined | null>
  /** Ends the session on the server as well: a copy of its cookie is invalid. */
  signOut(request: Request, response: Response): Promise<void>
  /** A new token for a person; of their sessions only that of the request continues. */
  changeToken(request: Request, personId: string): Promise<string>
  /** Cuts a long response off, within a second, when its caller may no longer read it. */
  endWhenRefused(request: Request, response: Response, ...roles: readonly Role[]): void
  /** A token for `/console?token=…` that works once, as admin, for half an hour. */
  issueOneTimeToken(): string
}

export interface Joined {
  readonly person: Person
  readonly token: string
}

const oneTimeTokenMs = 30 * 60 * 1000
const recheckMs = 1_000

/**
 * Authenticates staff by bearer tokens and by a cookie. Shared tokens are compared as hashes of fixed length, all of them
 * each time, so that timing reveals nothing; those of people are looked up by their digest. All are compared before wrong
 * ones are counted, so that guessing locks nobody out. Sessions of shared tokens survive a restart and end when one of
 * these is changed; without any they end with the process. Sessions of people are kept in the store.
 */
export function createStaff(tokens: StaffTokens, options: StaffOptions): Staff {
  const {store, auditor, now = Date.now, endedSessionsFile = null, onProblem = () => {}} = options
  const {guesses = createGuesses(now)} = options
  const known: readonly {readonly role: Role; readonly hash: Buffer}[] = (
    [
      ['admin', tokens.adminToken],
      ['docs', tokens.docsToken],
      ['support', tokens.supportToken],
    ] as const
  ).flatMap(([role, token]) => (token === null ? [] : [{role, hash: digestOf(token)}]))
  const key =
    known.length === 0
      ? randomBytes(32)
      : createHmac('sha256', 'docent console session')
          .update(Buffer.concat(known.map(({hash}) => hash)))
          .digest()
  const file = known.length === 0 ? null : endedSessionsFile
  const ended = options.endedSessions ?? openEndedSessions({file, sessionMs, onProblem, now})
  const sessions = createSessions({key, ended, store, now})
  const oneTimeTokens = new Map<string, number>()

  function sharedMemberOf(token: string): StaffMember | null {
    const hash = digestOf(token)
    let found: Role | null = null
    for (const candidate of known) {
      if (timingSafeEqual(candidate.hash, hash)) found ??= candidate.role
    }
    return found === null ? null : sharedMember(found)
  }

  async function memberOfToken(request: Request, token: string): Promise<StaffMember | null> {
    const shared = sharedMemberOf(token)
    if (shared !== null) return shared
    try {
      const person = await store.personOfToken(token)
      return person === null ? null : personMember(person)
    } catch (error) {
      // The failure says that it was no shared token: guessing those would be free.
      guesses.countWrong(visitorOf(request))
      throw error
    }
  }

  function takeOneTimeToken(token: string): StaffMember | null {
    const hash = digestOf(token).toString('hex')
    const expiresAt = oneTimeTokens.get(hash)
    oneTimeTokens.delete(hash)
    return expiresAt !== undefined && expiresAt > now() ? linkMember : null
  }

  /** @throws DocentError `rate_limited`. */
  async function countWrong(request: Request, by: 'token' | 'link' | 'invitation'): Promise<null> {
    guesses.countWrong(visitorOf(request))
    await auditor.noteFailure(request, by)
    return null
  }

  async function begin(
    request: Request,
    response: Response,
    member: StaffMember,
    by: 'token' | 'link',
  ): Promise<StaffMember> {
    await sessions.begin(request, response, member)
    await auditor.note(request, member, 'sign_in', {details: {by}})
    return member
  }

  /** Null: nobody is signed in. 'wrong': the request has a token that nobody has. */
  async function identify(request: Request): Promise<StaffMember | 'wrong' | null> {
    const bearer = bearerOf(request)
    if (bearer !== null) return (await memberOfToken(request, bearer)) ?? 'wrong'
    const member = await sessions.memberOf(request)
    if (member !== null) checkOwnPage(request)
    return member
  }

  async function whoIs(request: Request): Promise<StaffMember | null> {
    const found = await identify(request)
    return found === 'wrong' ? countWrong(request, 'token') : found
  }

  return {
    whoIs,
    allow:
      (...roles) =>
      async (request, response, next) => {
        const member = await whoIs(request)
        if (member === null) throw new DocentError('unauthorized', 'Sign in, or send a staff token.')
        if (!isAllowed(member, roles)) {
          throw new DocentError('forbidden', `This needs the role ${['admin', ...roles].join(' or ')}.`)
        }
        setMember(response, member)
        response.setHeader('cache-control', 'no-store')
        next()
      },
    async signIn(request, response, token) {
      const member = (await memberOfToken(request, token)) ?? takeOneTimeToken(token)
      return member === null ? countWrong(request, 'token') : begin(request, response, member, 'token')
    },
    async signInByLink(request, response, token) {
      const member = takeOneTimeToken(token)
      return member === null ? countWrong(request, 'link') : begin(request, response, member, 'link')
    },
    async takeUp(request, response, invitation) {
      const joined = await store.takeUp(invitation)
      if (joined === null) return countWrong(request, 'invitation')
      const member = personMember(joined.person)
      await sessions.begin(request, response, member)
      await auditor.note(request, member, 'invitation_taken_up')
      return joined
    },
    async signOut(request, response) {
      const member = await sessions.memberOf(request)
      if (member !== null) checkOwnPage(request)
      await sessions.end(request, response)
      if (member !== null) await auditor.note(request, member, 'sign_out')
    },
    changeToken: (request, personId) => store.changeToken(personId, sessions.personSessionOf(request)),
    endWhenRefused(request, response, ...roles) {
      const timer = setInterval(() => {
        identify(request).then(
          (member) => {
            if (member === null || member === 'wrong' || !isAllowed(member, roles)) response.destroy()
          },
          () => response.destroy(),
        )
      }, recheckMs)
      response.once('close', () => clearInterval(timer))
    },
    issueOneTimeToken() {
      const token = randomBytes(24).toString('base64url')
      oneTimeTokens.set(digestOf(token).toString('hex'), now() + oneTimeTokenMs)
      return token
    },
  }
}

function isAllowed({role}: StaffMember, roles: readonly Role[]): boolean {
  return role === 'admin' || roles.includes(role)
}

/**
 * A browser sends the cookie with whatever a page of another site has it request, if `SameSite` fails or the site is a
 * neighbour. @throws DocentError `origin_not_allowed`.
 */
function checkOwnPage(request: Request): void {
  if (request.method === 'GET' || request.method === 'HEAD' || isProvenOwnPage(request)) return
  throw new DocentError(
    'origin_not_allowed',
    'With the cookie, changes are accepted from pages of this server alone, as the browser says in Sec-Fetch-Site or Origin. A program sends its token as Authorization: Bearer.',
  )
}

/** The token of an `Authorization: Bearer` header. It may contain spaces, because earlier versions allowed them. */
export function bearerOf(request: Request): string | null {
  return /^Bearer +(\S|\S.*\S)\s*$/i.exec(request.get('authorization') ?? '')?.[1] ?? null
}
