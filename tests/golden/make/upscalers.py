"""Random upscaler networks of three architectures and what torch computes with them (tests/golden/upscalers)."""
import os, sys
import torch, torch.nn as nn, torch.nn.functional as F
from safetensors.torch import save_file
out,graphs=sys.argv[1:3]  # folder to write, folder with FSRCNN graphs
os.makedirs(out,exist_ok=True)
torch.manual_seed(3)
C,G=6,3
class RDB(nn.Module):
    def __init__(s):
        super().__init__()
        for i in range(5): setattr(s,f'conv{i+1}',nn.Conv2d(C+i*G,G if i<4 else C,3,1,1))
    def forward(s,x):
        xs=[x]
        for i in range(4): xs.append(F.leaky_relu(getattr(s,f'conv{i+1}')(torch.cat(xs,1)),0.2))
        return s.conv5(torch.cat(xs,1))*0.2+x
class RRDB(nn.Module):
    def __init__(s):
        super().__init__(); s.rdb1=RDB(); s.rdb2=RDB(); s.rdb3=RDB()
    def forward(s,x): return s.rdb3(s.rdb2(s.rdb1(x)))*0.2+x
class Net(nn.Module):
    def __init__(s,inp=3):
        super().__init__()
        s.inp=inp
        s.conv_first=nn.Conv2d(inp,C,3,1,1); s.body=nn.Sequential(RRDB(),RRDB()); s.conv_body=nn.Conv2d(C,C,3,1,1)
        s.conv_up1=nn.Conv2d(C,C,3,1,1); s.conv_up2=nn.Conv2d(C,C,3,1,1); s.conv_hr=nn.Conv2d(C,C,3,1,1); s.conv_last=nn.Conv2d(C,3,3,1,1)
    def forward(s,x):
        if s.inp==12: x=F.pixel_unshuffle(x,2)
        f=s.conv_first(x); f=f+s.conv_body(s.body(f)); l=lambda v:F.leaky_relu(v,0.2)
        f=l(s.conv_up1(F.interpolate(f,scale_factor=2,mode='nearest'))); f=l(s.conv_up2(F.interpolate(f,scale_factor=2,mode='nearest')))
        return s.conv_last(l(s.conv_hr(f)))
x=torch.rand(1,3,10,12)
def halved(m):
    for p in m.parameters(): p.data=p.data.half().float()
    return m
n=halved(Net()); sd={k:v.clone() for k,v in n.state_dict().items()}
n2=halved(Net(12))
with torch.no_grad():
    save_file({'input':x,'output':n(x),'output.x2':n2(x)},out+'/rrdb.safetensors')
save_file({k:v.half() for k,v in sd.items()},out+'/rrdb-x4.safetensors')
save_file({'params_ema.'+k:v.half() for k,v in n2.state_dict().items()},out+'/rrdb-x2.safetensors')
class S(nn.Module):
    def __init__(s):
        super().__init__(); b=[nn.Conv2d(3,8,3,1,1),nn.PReLU(8)]
        for _ in range(2): b+=[nn.Conv2d(8,8,3,1,1),nn.PReLU(8)]
        b.append(nn.Conv2d(8,27,3,1,1)); s.body=nn.Sequential(*b)
    def forward(s,x): return F.pixel_shuffle(s.body(x),3)+F.interpolate(x,scale_factor=3,mode='nearest')
s=halved(S())
for m in s.body:
    if isinstance(m,nn.PReLU): m.weight.data=torch.rand(8).half().float()
with torch.no_grad(): save_file({'input':x,'output':s(x)},out+'/srvgg.safetensors')
save_file({'params.'+k:v.half() for k,v in s.state_dict().items()},out+'/srvgg-x3.safetensors')
lat=torch.randn(1,4,5,7)
save_file({'input':lat,'latent':F.interpolate(lat,size=(10,12),mode='bilinear'),'latent_nearest':F.interpolate(lat,size=(10,12),mode='nearest'),'latent_bicubic':F.interpolate(lat,size=(10,12),mode='bicubic')},out+'/latents.safetensors')
import struct, numpy as np
def fields(b):
    i=0
    def vi():
        nonlocal i
        v=s=0
        while True:
            c=b[i];i+=1;v|=(c&127)<<s;s+=7
            if c<128:return v
    while i<len(b):
        k=vi();f,w=k>>3,k&7
        if w==0:v=vi()
        elif w==2:
            n=vi();v=b[i:i+n];i+=n
        elif w==5:v=b[i:i+4];i+=4
        yield f,v
def consts(p):
    r={}
    for f,v in fields(open(p,'rb').read()):
        if f!=1 or not isinstance(v,bytes):continue
        name='';t=None
        for g,x in fields(v):
            if g==1:name=x.decode()
            if g==5:
                for h,y in fields(x):
                    if h==2:
                        for q,z in fields(y):
                            if q==8:t=z
        if t is None:continue
        shape=[];data=b''
        for q,z in fields(t):
            if q==2:shape=[e for _,d in fields(z) for _,e in fields(d)]
            if q in(4,5):data+=z
        if len(data)%4==0: r[name]=torch.from_numpy(np.frombuffer(data,'<f4').copy()).reshape(shape) if data and np.prod(shape)==len(data)//4 else None
    return r
def fsrcnn(p,scale,x):
    c=consts(p);n=1
    while f'f{n+1}' in c:n+=1
    for i in range(1,n+1):
        w=c[f'f{i}'].permute(3,2,0,1);x=F.conv2d(x,w,c[f'b{i}'] if i<n else None,padding=w.shape[2]//2)
        if i<n:x=F.prelu(x,c[f'alpha{i}'])
    return F.pixel_shuffle(x,scale)+c[f'b{n}']
x=torch.rand(1,1,9,11)
S=graphs+'/'
save_file({'input':x,'FSRCNN_x3':fsrcnn(S+'FSRCNN_x3.pb',3,x),'FSRCNN-small_x2':fsrcnn(S+'FSRCNN-small_x2.pb',2,x)},out+'/fsrcnn.safetensors')
