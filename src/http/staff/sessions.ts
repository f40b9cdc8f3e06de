import {createHmac, randomBytes} from 'node:crypto'
import type {CookieOptions, Request, Response} from 'express'
import {isSameSecret} from '../../lib/secrets.ts'
import {type Role, roles, type StaffStore, sessionMs} from '../../staff/index.ts'
import type {EndedSessions} from './ended-sessions.ts'
import {linkMember, personMember, type StaffMember, sharedMember} from './member.ts'

/** Sessions of staff, in cookies. */
export interface Sessions {
  /** Whose session it is; null without one, or if it has ended. @throws DocentError `storage`. */
  memberOf(request: Request): Promise<StaffMember | null>
  /** @throws DocentError `storage`. */
  begin(request: Request, response: Response, member: StaffMember): Promise<void>
  /** Ends the session of the request. Its cookie, and every copy of it, is invalid from now on. @throws DocentError `storage`. */
  end(request: Request, response: Response): Promise<void>
  /** The secret of a person's session, if the request has one. */
  personSessionOf(request: Request): string | null
}

export interface SessionsOptions {
  /** Signs the cookies of shared tokens and links; with another key they are invalid. */
  readonly key: Buffer
  readonly ended: EndedSessions
  readonly store: Pick<StaffStore, 'beginSession' | 'personOfSession' | 'endSession'>
  readonly now: () => number
}

export const cookieName = 'docent_staff'
/** Before the secret of a person's session. */
const personPrefix = 'person.'
/** Before the id of a session that a one-time link began: a sign that random ids do not have. */
const linkMark = '~'

interface SignedSession {
  readonly role: Role
  readonly expiresAt: number
  readonly id: string
}

/**
 * Sessions of people are in the store, so that they end with a token or a switch, and their cookie is a random secret.
 * Those of shared tokens and links are signed cookies: the role, and how long it is valid.
 */
export function createSessions({key, ended, store, now}: SessionsOptions): Sessions {
  function signed(payload: string): string {
    return `${payload}.${createHmac('sha256', key).update(payload).digest('base64url')}`
  }

  async function signedSessionOf(request: Request): Promise<SignedSession | null> {
    const value = cookieOf(request)
    const payload = value?.slice(0, value.lastIndexOf('.'))
    if (value === null || payload === undefined) return null
    if (!isSameSecret(value, signed(payload))) return null
    const [name, expires, id] = payload.split('.')
    const expiresAt = Number(expires)
    // Cookies of earlier versions have no id and could not be ended.
    if (id === undefined || !(expiresAt > now()) || (await ended.has(id, expiresAt))) return null
    const role = roles.find((role) => role === name)
    return role === undefined ? null : {role, expiresAt, id}
  }

  function personSessionOf(request: Request): string | null {
    const value = cookieOf(request)
    return value?.startsWith(personPrefix) ? value.slice(personPrefix.length) : null
  }

  async function newCookie({personId, role, who}: StaffMember): Promise<string> {
    if (personId !== null) return personPrefix + (await store.beginSession(personId))
    const mark = who === linkMember.who ? linkMark : ''
    return signed(`${role}.${now() + sessionMs}.${mark}${randomBytes(16).toString('base64url')}`)
  }

  return {
    personSessionOf,
    async memberOf(request) {
      const own = personSessionOf(request)
      if (own !== null) {
        const person = await store.personOfSession(own)
        return person === null ? null : personMember(person)
      }
      const session = await signedSessionOf(request)
      if (session === null) return null
      return session.id.startsWith(linkMark) ? linkMember : sharedMember(session.role)
    },
    async begin(request, response, member) {
      const value = await newCookie(member)
      response.cookie(cookieName, value, {...cookieOptions(request), maxAge: sessionMs})
    },
    async end(request, response) {
      response.clearCookie(cookieName, cookieOptions(request))
      const own = personSessionOf(request)
      if (own !== null) return store.endSession(own)
      const session = await signedSessionOf(request)
      if (session !== null) await ended.add(session.id, session.expiresAt)
    },
  }
}

function cookieOptions(request: Request): CookieOptions {
  return {httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/'}
}

function cookieOf(request: Request): string | null {
  for (const part of (request.get('cookie') ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === cookieName && value) return decodeURIComponentSafely(value)
  }
  return null
}

/** Null for an invalid escape: anyone can send a cookie, so that is not an error. */
function decodeURIComponentSafely(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
