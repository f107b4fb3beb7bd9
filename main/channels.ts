// The names of the IPC channels, derived from the contract; preload and router both take them from
// here, so that neither can spell one differently.
import type { CallName, EventName } from '../shared/contract'

export const callChannel = (name: CallName) => `restage:call:${name}`
export const eventChannel = (name: EventName) => `restage:event:${name}`
/** Preload's private way of telling main which files the person dropped or pasted. */
export const grantChannel = 'restage:grant'
