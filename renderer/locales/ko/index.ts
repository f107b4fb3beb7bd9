// All Korean messages, one file a part of the window.
import { data } from './data'
import { evaluate } from './evaluate'
import { failures } from './failures'
import { network } from './network'
import { reasons } from './reasons'
import { runs } from './runs'
import { shell } from './shell'
import { train } from './train'
import { use } from './use'

export const ko = {
  ...shell,
  ...data,
  ...network,
  ...train,
  ...evaluate,
  ...use,
  ...runs,
  failure: failures,
  reason: reasons,
}
