// @vitest-environment happy-dom
// What is damaged is told at the start and when it is found; the menu offers the folder of a project that
// cannot be opened.
import { mount } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import { i18n } from '../../../renderer/locales/i18n'
import ProjectMenu from '../../../renderer/shell/ProjectMenu.vue'
import { useNotices } from '../../../renderer/stores/notices'
import type { MenuItem } from '../../../renderer/ui/DropMenu.vue'
import { describeFailure } from '../../../shared/failure'
import { reason } from '../../../shared/reason'
import { fakeRestage, type FakeRestage } from '../fakeRestage'

const details = { name: 'Beetles', path: '/home/projects/b', reason: reason('labels-missing') }
const damage = { code: 'project-damaged', details, ...describeFailure('project-damaged', details) }
const summary = { id: 'a', name: 'Ants', modified: 2, pictures: 12, folder: '/a', damage: null }

let app: FakeRestage
beforeEach(() => {
  app = fakeRestage({
    'project.problems': [damage],
    'project.list': [summary, { ...summary, id: 'b', name: 'Beetles', folder: '/b', damage }],
  })
})
const show = () => mount(ProjectMenu, { global: { plugins: [getActivePinia()!, i18n] } })
const settle = () => new Promise((resolve) => setTimeout(resolve))

test('problems are told at the start, and later ones as they come', async () => {
  const menu = show()
  await settle()
  expect(useNotices().list.map(({ code }) => code)).toEqual(['project-damaged'])
  const full = describeFailure('disk-full', { path: '/x' })
  app.emit('project.problem', { code: 'disk-full', details: { path: '/x' }, ...full })
  expect(useNotices().list.map(({ code }) => code)).toEqual(['project-damaged', 'disk-full'])
  menu.unmount()
})

test('a damaged project can be tried again, and its folder shown', async () => {
  const menu = show()
  const list = menu.findComponent({ name: 'DropMenu' })
  list.vm.$emit('update:open', true)
  await settle()
  await nextTick()
  const items = list.props('items') as MenuItem<string>[]
  expect(items.slice(2).map(({ value, hint }) => [value, hint])).toEqual([
    ['open:a', '12'],
    ['open:b', 'damaged'],
    ['show:b', undefined],
  ])
  list.vm.$emit('pick', 'show:b')
  await settle()
  expect(app.asksOf('app.showInFolder')).toEqual([{ path: '/b' }])
  menu.unmount()
})
