import {createHash, createHmac, randomBytes, timingSafeEqual} from 'node:crypto'
import type {NextFunction, Request, Response} from 'express'
import {RateLimiterMemory} from 'rate-limiter-flexible'
import {DocentError} from '../domain/index.ts'
import {visitorOf} from './limits.ts'

export type Role = 'admin' | 'docs' | 'support'

export interface StaffTokens {
  readonly adminToken: string | null
  readonly docsToken: string | null
  readonly supportToken: string | null
}

/** Who may use the staff's API, and how they sign in. */
export interface Staff {
  /** Lets requests of these roles through; admin always. Sends 401 without a sign-in, 403 for the wrong role. */
  allow(
    ...roles: readonly Role[]
  ): (request: Request, response: Response, next: NextFunction) => Promise<void>
  /** The role of a request; null when it is not signed in. @throws DocentError `rate_limited` after repeated failures. */
  roleOf(request: Request): Promise<Role | null>
  /** Checks a token, or a one-time link's, and sets the console's cookie. Null when it is wrong. */
  signIn(request: Request, response: Response, token: string): Promise<Role | null>
  signOut(request: Request, response: Response): void
  /** A token for `/console?token=…` that works once, as admin, for half an hour. */
  issueOneTimeToken(): string
}

const cookieName = 'docent_staff'
const sessionMs = 12 * 60 * 60 * 1000
const oneTimeTokenMs = 30 * 60 * 1000
/** Wrong tokens from one address before it is locked out, and for how long. */
const failuresAllowed = 10
const lockOutSeconds = 15 * 60

/**
 * Staff by bearer tokens and by a signed cookie. Tokens are compared as hashes of one length, all of them each
 * time, so that the time taken tells nothing. With tokens set, sessions outlive a restart and end when a token
 * is changed; without, they end with the process.
 */
export function createStaff(tokens: StaffTokens, now: () => number = Date.now): Staff {
  const known: readonly {readonly role: Role; readonly hash: Buffer}[] = (
    [
      ['admin', tokens.adminToken],
      ['docs', tokens.docsToken],
      ['support', tokens.supportToken],
    ] as const
  ).flatMap(([role, token]) => (token === null ? [] : [{role, hash: hashOf(token)}]))
  const key =
    known.length === 0
      ? randomBytes(32)
      : createHmac('sha256', 'docent console session')
          .update(Buffer.concat(known.map(({hash}) => hash)))
          .digest()
  const failures = new RateLimiterMemory({points: failuresAllowed, duration: lockOutSeconds})
  const oneTimeTokens = new Map<string, number>()

  function roleOfToken(token: string): Role | null {
    const hash = hashOf(token)
    let found: Role | null = null
    for (const candidate of known) {
      if (timingSafeEqual(candidate.hash, hash)) found ??= candidate.role
    }
    return found
  }

  function takeOneTimeToken(token: string): boolean {
    const hash = hashOf(token).toString('hex')
    const expiresAt = oneTimeTokens.get(hash)
    oneTimeTokens.delete(hash)
    return expiresAt !== undefined && expiresAt > now()
  }

  function signed(payload: string): string {
    return `${payload}.${createHmac('sha256', key).update(payload).digest('base64url')}`
  }

  function roleOfCookie(request: Request): Role | null {
    const value = cookieOf(request)
    const payload = value?.slice(0, value.lastIndexOf('.'))
    if (value === null || payload === undefined) return null
    if (!timingSafeEqual(hashOf(value), hashOf(signed(payload)))) return null
    const [role, expiresAt] = payload.split('.')
    if (Number(expiresAt) <= now()) return null
    return role === 'admin' || role === 'docs' || role === 'support' ? role : null
  }

  async function guardAgainstGuessing(request: Request): Promise<void> {
    const counters = await failures.get(visitorOf(request))
    if (counters !== null && counters.consumedPoints >= failuresAllowed) {
      throw new DocentError('rate_limited', 'Too many wrong tokens. Sign-in is locked for a while.', {
        retryAfterMs: counters.msBeforeNext,
      })
    }
  }

  /** Counts a wrong token. That the limit is passed shows at the next request. */
  async function noteFailure(request: Request): Promise<void> {
    await failures.penalty(visitorOf(request))
  }

  async function roleOf(request: Request): Promise<Role | null> {
    const bearer = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1]
    if (bearer === undefined) return roleOfCookie(request)
    await guardAgainstGuessing(request)
    const role = roleOfToken(bearer)
    if (role === null) await noteFailure(request)
    return role
  }

  return {
    roleOf,
    allow:
      (...roles) =>
      async (request, response, next) => {
        const role = await roleOf(request)
        if (role === null) throw new DocentError('unauthorized', 'Sign in, or send a staff token.')
        if (role !== 'admin' && !roles.includes(role)) {
          throw new DocentError('forbidden', `This needs the role ${['admin', ...roles].join(' or ')}.`)
        }
        response.setHeader('cache-control', 'no-store')
        next()
      },
    async signIn(request, response, token) {
      await guardAgainstGuessing(request)
      const role = roleOfToken(token) ?? (takeOneTimeToken(token) ? 'admin' : null)
      if (role === null) {
        await noteFailure(request)
        return null
      }
      response.cookie(cookieName, signed(`${role}.${now() + sessionMs}`), {
        httpOnly: true,
        sameSite: 'strict',
        secure: request.secure,
        maxAge: sessionMs,
        path: '/',
      })
      return role
    },
    signOut(request, response) {
      response.clearCookie(cookieName, {
        httpOnly: true,
        sameSite: 'strict',
        secure: request.secure,
        path: '/',
      })
    },
    issueOneTimeToken() {
      const token = randomBytes(24).toString('base64url')
      oneTimeTokens.set(hashOf(token).toString('hex'), now() + oneTimeTokenMs)
      return token
    },
  }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function cookieOf(request: Request): string | null {
  for (const part of (request.get('cookie') ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === cookieName && value) return decodeURIComponentSafely(value)
  }
  return null
}

/** Cookies are sent by anyone: a broken escape is no cookie, not an error. */
function decodeURIComponentSafely(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
