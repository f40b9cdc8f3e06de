import {html, nothing, type TemplateResult} from 'lit'
import {exactTime, timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {isolated} from '../visible.ts'
import type {PersonAction} from './people-view.ts'
import {roles, roleWords} from './role-words.ts'
import type {Person, Role} from './wire.ts'

export interface PersonChanges {
  /** Whoever is signed in: they cannot lock themselves out. */
  readonly isMe: boolean
  /** Resolves to whether it was changed. */
  readonly changeRole: (role: Role) => Promise<boolean>
  readonly act: (action: PersonAction) => void
}

/** One person in the list, with what can be done. */
export function person(one: Person, {isMe, changeRole, act}: PersonChanges): TemplateResult {
  const {name, role, invitedBy, invitedAt} = one
  const roleChanged = async (event: Event): Promise<void> => {
    const field = event.target as HTMLSelectElement
    if (!(await changeRole(field.value as Role))) field.value = role
  }
  const button = (action: PersonAction, words: string, kind = ''): TemplateResult =>
    html`<button class="button ${kind}" type="button" aria-label="${words}: ${name}" @click=${() => act(action)}>${words}</button>`
  return html`<li class="person">
    <div class="who"><p class="strong">${isolated(name)}${isMe ? html` <span class="n">You</span>` : nothing}</p>
      <p class="quiet">Invited by ${isolated(invitedBy)}, ${timeAgo(invitedAt)}</p></div>
    <label><span class="sr">Role of ${name}</span><select .value=${role} ?disabled=${isMe} @change=${roleChanged}>${roles.map(
      (value) => html`<option value=${value} ?selected=${value === role}>${roleWords[value]}</option>`,
    )}</select></label>
    <div class="state">${stateOf(one)}</div>
    <p class="actions">${actionsOf(one, isMe).map(([action, words, kind]) => button(action, words, kind))}</p></li>`
}

function stateOf({status, joinedAt, offAt, invitationEndsAt}: Person): TemplateResult {
  const link =
    invitationEndsAt === null
      ? nothing
      : html`<span class="quiet" title=${exactTime(invitationEndsAt)}>${invitationEndsAt < Date.now() ? 'The link has ended' : `A link works until ${day(invitationEndsAt)}`}</span>`
  if (status === 'off')
    return html`<span class="outcome">${icon('stop')}Switched off</span>${offAt === null ? nothing : html`<span class="quiet">${timeAgo(offAt)}</span>`}`
  if (status === 'invited') return html`<span class="outcome warn">${icon('clock')}Invited</span>${link}`
  return html`<span class="outcome good">${icon('check')}Active</span>${joinedAt === null ? nothing : html`<span class="quiet">since ${day(joinedAt)}</span>`}${link}`
}

const day = (at: number): string => new Date(at).toLocaleDateString('en', {dateStyle: 'medium'})

type Offered = readonly [action: PersonAction, words: string, kind?: string]

function actionsOf({status, invitationEndsAt}: Person, isMe: boolean): readonly Offered[] {
  if (status === 'off')
    return [
      ['switch-on', 'Switch on'],
      ['remove', 'Remove', 'danger'],
    ]
  const again: Offered = ['invite-again', 'New link']
  const withdraw: readonly Offered[] =
    invitationEndsAt === null ? [] : [['withdraw', 'Withdraw link', 'danger']]
  if (status === 'invited') return [again, ...withdraw]
  if (isMe) return [again, ...withdraw]
  return [again, ...withdraw, ['end-sessions', 'End sessions'], ['switch-off', 'Switch off', 'danger']]
}
