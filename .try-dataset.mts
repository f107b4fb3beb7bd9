import { outlineOf } from '/work/main/main/engine/dataset/fingerprint'
import { distance } from '/work/main/main/engine/dataset/health'
import { decodeSquare, inspectPicture } from '/work/main/main/engine/dataset/decode'
import { drawLeaves } from '/work/main/main/engine/dataset/leaves'
import sharp from 'sharp'
import {readdirSync} from 'fs'
const dir='/work/shared/data/ants-bees/'
const files=['train/ants','train/bees','val/ants','val/bees'].flatMap(d=>readdirSync(dir+d).map(f=>dir+d+'/'+f))
const o:any[]=[];let bad=0,n=0
let ti=Date.now(); const problems:any[]=[]
for(const f of files){const r=await inspectPicture(f); if(r.problem)problems.push([f,r.problem])}
console.log('inspect ms each',(Date.now()-ti)/files.length,problems)
for(const f of files){ if(problems.some(p=>p[0]===f))continue; o.push([f,await outlineOf(f)])}
for(const [f,a] of o.slice(0,60)){ await sharp(f).resize(200).jpeg({quality:70}).toFile('/tmp/near.jpg'); n++; if(distance(a,await outlineOf('/tmp/near.jpg'))>6)bad++}
let pairs:any[]=[];for(let i=0;i<o.length;i++)for(let j=0;j<i;j++){const d=distance(o[i][1],o[j][1]);if(d<=6)pairs.push([d,o[i][0].slice(30),o[j][0].slice(30)])}
console.log('missed',bad,'of',n,'pairs',pairs)
let t=Date.now()
let q=0; const work=async()=>{while(q<files.length){await decodeSquare(files[q++]!,{resize:256,crop:224}).catch(()=>{})}}
await Promise.all([work(),work(),work(),work()]);console.log('decode ms/picture, 4 at once',(Date.now()-t)/files.length, 'rss MB', process.memoryUsage().rss/1e6)
t=Date.now();await drawLeaves('/tmp/leavestry',{});console.log('leaves ms',Date.now()-t)
const tiles:any[]=[];for(let n=1;n<=7;n++)tiles.push({input:`/tmp/leavestry/Maple/leaf-00${n}.jpg`,left:(n-1)*160,top:0})
await sharp({create:{width:1120,height:160,channels:3,background:'#000'}}).composite(tiles).png().toFile('/tmp/sheet.png')
const names=['ants-10308379_1b6c72e180','ants-8124241_36b290d372','bees-1032546534_06907fe3b3','bees-54736755_c057723f64']
for(const nm of names){const w=await sharp(`/work/shared/golden/photos/val-${nm}.png`).removeAlpha().raw().toBuffer();const g=await decodeSquare(`${dir}val/${nm.slice(0,4)}/${nm.slice(5)}.jpg`,{resize:256,crop:224});let s=0,m=0;w.forEach((v,i)=>{const d=Math.abs(v-g[i]!);s+=d;m=Math.max(m,d)});console.log(nm,s/w.length,m)}
