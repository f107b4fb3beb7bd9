// Three suites. `fast` is everything small; `engine` and `e2e` run two files at a time: TensorFlow and
// Electron use several cores each, but neither keeps two busy.

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longest, as parts of their paths. They begin first, or one of them goes on alone
 *  at the end. */
const slowest =
  /evaluation\/golden|training\/killed|e2e\/(fineTune|runsLive|dataRoomFiles|trainSettings|dataRoomHealth|dataRoomRestart)/

class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSlow = ({ moduleId }: TestSpecification) => slowest.test(moduleId)
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))]
  }
}

export default defineConfig({
  plugins: [vue()],
  test: {
    sequence: { sequencer: SlowestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/main/engine/**', 'test/e2e/**'],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'engine',
          include: ['test/main/engine/**/*.test.ts'],
          // Native code: a crash must end one worker, not the whole run.
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          // What must come is waited for, however busy the machine is.
          expect: { poll: { timeout: 20_000 } },
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
