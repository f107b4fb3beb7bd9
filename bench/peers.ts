// The Python that PyTorch and Keras are measured with, and what to do where there is none.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface Peers {
  readonly python: string
  /** Folder of our own scripts for them. */
  readonly scripts: string
}
const usual = '/tmp/peers/bin/python'

/** @returns the peers, or why there are none and how to have them */
export function findPeers(root: string): Peers | { readonly missing: string } {
  const python = process.env.RESTAGE_PEERS_PYTHON ?? usual
  const scripts = join(root, 'bench', 'peers')
  const answer = existsSync(python)
    ? spawnSync(python, ['-c', 'import torch, torchvision'], { encoding: 'utf8' })
    : null
  if (answer?.status === 0) return { python, scripts }
  const reason = answer
    ? `${python} cannot import torch and torchvision`
    : `there is no Python at ${python}`
  return {
    missing:
      `${reason}. Make one: python3 -m venv /tmp/peers && ` +
      `/tmp/peers/bin/pip install -r bench/peers/requirements.txt ` +
      `(elsewhere: set RESTAGE_PEERS_PYTHON)`,
  }
}
