// One of the processes of claim.test.ts: asks for a claim when told to, and holds it until it is killed.
import { once } from 'node:events'
import { claim } from '../../../../main/engine/files/claim'

async function main() {
  process.stdout.write('ready\n')
  await once(process.stdin, 'data')
  const held = await claim(process.argv[2]!)
  process.stdout.write(held ? 'held\nasked\n' : 'asked\n')
  setInterval(() => undefined, 1000)
}

void main()
