import {DocentError} from '../domain/index.ts'
import {maxHandovers} from './handover.ts'
import {maxPeople} from './staff-store.ts'

/** Why a store refuses, in the same words whatever database it is in. */
export const refusals = {
  noPerson: () => new DocentError('not_found', 'There is no such person.'),
  noInvitation: () => new DocentError('not_found', 'There is no open invitation for this person.'),
  noToken: () => new DocentError('not_found', 'This person has no token to change.'),
  nameTaken: () => new DocentError('conflict', 'Somebody has this name already. Choose another.'),
  tooManyPeople: () =>
    new DocentError(
      'conflict',
      `There are ${maxPeople} people already, the most that are kept. Remove some who are switched off.`,
    ),
  notOff: () => new DocentError('conflict', 'Switch this person off before you remove them.'),
  tooManyHandovers: () =>
    new DocentError(
      'conflict',
      `There are ${maxHandovers} hand-over links already, the most that work at one time. Withdraw some.`,
    ),
  noHandover: () => new DocentError('not_found', 'There is no such hand-over link.'),
  badCursor: () =>
    new DocentError(
      'invalid_request',
      'cursor: is not one of this list; leave it out to start at the beginning',
    ),
} as const
