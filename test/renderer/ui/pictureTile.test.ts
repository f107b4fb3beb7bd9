// @vitest-environment happy-dom
// When a tile asks for its picture again: for another picture and for a file that was written anew, and
// not because a file is read for the first time.
import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import PictureTile from '../../../renderer/ui/PictureTile.vue'

const picture = (id: string, modified: number | null) => ({
  id,
  name: `${id}.jpg`,
  problem: null,
  excluded: false,
  modified,
})

test('a file that was read keeps its address, a changed one and another picture get theirs', async () => {
  const tile = mount(PictureTile, { props: { picture: picture('a', null) } })
  const address = () => tile.find('img').attributes('src')
  expect(address()).toBe('appimage://thumbnail/a?size=256')
  await tile.setProps({ picture: picture('a', 1000) })
  expect(address()).toBe('appimage://thumbnail/a?size=256')
  await tile.setProps({ picture: picture('a', 2000) })
  expect(address()).toBe('appimage://thumbnail/a?size=256&v=2000')
  await tile.setProps({ picture: picture('b', 3000) })
  expect(address()).toBe('appimage://thumbnail/b?size=256&v=3000')
})
