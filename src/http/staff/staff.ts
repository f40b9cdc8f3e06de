import {createHmac, randomBytes, timingSafeEqual} from 'node:crypto'
import type {NextFunction, Request, Response} from 'express'
import {DocentError} from '../../domain/index.ts'
import {visitorOf} from '../limits/limits.ts'
import {openEndedSessions} from './ended-sessions.ts'
import {createGuesses, type Guesses} from './guesses.ts'
import {digestOf} from './secrets.ts'
import {createSessions, type Role, sessionMs} from './sessions.ts'

export interface StaffTokens {
  readonly adminToken: string | null
  readonly docsToken: string | null
  readonly supportToken: string | null
}

export interface StaffOptions {
  /** Default: a counter of its own. */
  readonly guesses?: Guesses
  /** File that keeps sign-outs across restarts; default: memory only. */
  readonly endedSessionsFile?: string | null
  readonly onProblem?: (error: unknown) => void
}

/** Who may use the staff API, and how they sign in. */
export interface Staff {
  /** Middleware that allows these roles, and always admin. Sends 401 without a sign-in, 403 for another role. */
  allow(...roles: readonly Role[]): (request: Request, response: Response, next: NextFunction) => void
  /** The role of a request; null if it is not signed in. @throws DocentError `rate_limited` after repeated failures. */
  roleOf(request: Request): Role | null
  /**
   * Checks a token, or the token of a one-time link, and sets the console's cookie. Null if it is wrong.
   * @throws DocentError `rate_limited` after repeated failures.
   */
  signIn(request: Request, response: Response, token: string): Role | null
  /**
   * Like `signIn`, for a token in a URL: accepts only one-time tokens, because URLs end up in proxy logs and browser
   * histories.
   */
  signInByLink(request: Request, response: Response, token: string): Role | null
  /** Ends the session on the server as well: a copy of its cookie is invalid. */
  signOut(request: Request, response: Response): void
  /** A token for `/console?token=…` that works once, as admin, for half an hour. */
  issueOneTimeToken(): string
}

const oneTimeTokenMs = 30 * 60 * 1000

/**
 * Authenticates staff by bearer tokens and by a signed cookie. Tokens are compared as hashes of fixed length, all of
 * them each time, so that timing reveals nothing. They are compared before wrong ones are counted, so that guessing
 * locks nobody out. If tokens are set, sessions survive a restart and end when a token is changed; otherwise they end
 * with the process.
 */
export function createStaff(
  tokens: StaffTokens,
  now: () => number = Date.now,
  options: StaffOptions = {},
): Staff {
  const {guesses = createGuesses(now), endedSessionsFile = null, onProblem = () => {}} = options
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
  const sessions = createSessions(key, openEndedSessions({file, sessionMs, onProblem, now}), now)
  const oneTimeTokens = new Map<string, number>()

  function roleOfToken(token: string): Role | null {
    const hash = digestOf(token)
    let found: Role | null = null
    for (const candidate of known) {
      if (timingSafeEqual(candidate.hash, hash)) found ??= candidate.role
    }
    return found
  }

  function takeOneTimeToken(token: string): Role | null {
    const hash = digestOf(token).toString('hex')
    const expiresAt = oneTimeTokens.get(hash)
    oneTimeTokens.delete(hash)
    return expiresAt !== undefined && expiresAt > now() ? 'admin' : null
  }

  function begin(request: Request, response: Response, role: Role | null): Role | null {
    if (role === null) guesses.countWrong(visitorOf(request))
    else sessions.begin(request, response, role)
    return role
  }

  function roleOf(request: Request): Role | null {
    const bearer = bearerOf(request)
    if (bearer === null) return sessions.roleOf(request)
    const role = roleOfToken(bearer)
    if (role === null) guesses.countWrong(visitorOf(request))
    return role
  }

  return {
    roleOf,
    allow:
      (...roles) =>
      (request, response, next) => {
        const role = roleOf(request)
        if (role === null) throw new DocentError('unauthorized', 'Sign in, or send a staff token.')
        if (role !== 'admin' && !roles.includes(role)) {
          throw new DocentError('forbidden', `This needs the role ${['admin', ...roles].join(' or ')}.`)
        }
        response.setHeader('cache-control', 'no-store')
        next()
      },
    signIn: (request, response, token) =>
      begin(request, response, roleOfToken(token) ?? takeOneTimeToken(token)),
    signInByLink: (request, response, token) => begin(request, response, takeOneTimeToken(token)),
    signOut: sessions.end,
    issueOneTimeToken() {
      const token = randomBytes(24).toString('base64url')
      oneTimeTokens.set(digestOf(token).toString('hex'), now() + oneTimeTokenMs)
      return token
    },
  }
}

/** The token of an `Authorization: Bearer` header. It may contain spaces, because earlier versions allowed them. */
export function bearerOf(request: Request): string | null {
  return /^Bearer +(\S|\S.*\S)\s*$/i.exec(request.get('authorization') ?? '')?.[1] ?? null
}
