"""Mail domains that anybody may have an address at: they say nothing about a company."""

_NAMES = """
gmail.com googlemail.com outlook.com outlook.de outlook.fr outlook.es outlook.it outlook.jp
outlook.com.br outlook.in hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es
hotmail.nl hotmail.be hotmail.se hotmail.ca live.com live.co.uk live.fr live.de live.nl live.it
live.se live.ca live.com.au msn.com passport.com windowslive.com yahoo.com yahoo.co.uk yahoo.fr
yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.in yahoo.co.in yahoo.co.jp yahoo.com.br yahoo.com.ar
yahoo.com.mx yahoo.com.au yahoo.com.sg yahoo.com.hk yahoo.com.tw yahoo.com.ph yahoo.co.id
ymail.com rocketmail.com myyahoo.com aol.com aol.co.uk aol.de aim.com icloud.com me.com mac.com
privaterelay.appleid.com proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de
tutamail.com tuta.io tuta.com hey.com fastmail.com fastmail.fm zoho.com zohomail.com zohomail.eu
mail.com email.com usa.com consultant.com engineer.com post.com europe.com gmx.com gmx.de
gmx.net gmx.at gmx.ch gmx.us gmx.fr gmx.co.uk web.de freenet.de t-online.de arcor.de online.de
1und1.de mailbox.org posteo.de posteo.net vodafone.de kabelmail.de bluewin.ch hispeed.ch
sunrise.ch aon.at chello.at orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr
numericable.fr libero.it virgilio.it alice.it tin.it tiscali.it tim.it fastwebnet.it poste.it
email.it aruba.it telefonica.net terra.es movistar.es ono.com ziggo.nl kpnmail.nl kpnplanet.nl
planet.nl xs4all.nl hetnet.nl home.nl upcmail.nl telenet.be skynet.be proximus.be btinternet.com
btopenworld.com sky.com virginmedia.com ntlworld.com talktalk.net tiscali.co.uk blueyonder.co.uk
eircom.net telia.com bredband.net comhem.se spray.se online.no getmail.no jubii.dk mail.dk
stofanet.dk tdcadsl.dk elisanet.fi luukku.com kolumbus.fi wp.pl o2.pl onet.pl onet.eu op.pl
interia.pl interia.eu poczta.fm gazeta.pl tlen.pl seznam.cz email.cz centrum.cz volny.cz post.cz
azet.sk zoznam.sk centrum.sk freemail.hu citromail.hu indamail.hu abv.bg mail.bg dir.bg
yandex.ru yandex.com ya.ru mail.ru inbox.ru list.ru bk.ru rambler.ru internet.ru ukr.net i.ua
meta.ua bigmir.net sapo.pt netcabo.pt mail.telepac.pt otenet.gr mynet.com uol.com.br bol.com.br
terra.com.br ig.com.br globo.com r7.com oi.com.br prodigy.net.mx rediffmail.com indiatimes.com
in.com sify.com qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com
189.cn 21cn.com aliyun.com tom.com naver.com hanmail.net daum.net kakao.com nate.com
docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp nifty.com biglobe.ne.jp ocn.ne.jp
so-net.ne.jp excite.co.jp infoseek.jp hinet.net pchome.com.tw bigpond.com bigpond.net.au
optusnet.com.au iinet.net.au tpg.com.au xtra.co.nz slingshot.co.nz mweb.co.za telkomsa.net
vodamail.co.za walla.com walla.co.il netvision.net.il comcast.net verizon.net att.net
sbcglobal.net bellsouth.net pacbell.net ameritech.net swbell.net cox.net charter.net
spectrum.net earthlink.net mindspring.com juno.com netzero.net netzero.com roadrunner.com rr.com
twc.com optonline.net frontier.com frontiernet.net windstream.net centurylink.net embarqmail.com
q.com suddenlink.net cableone.net mediacombb.net rogers.com shaw.ca sympatico.ca bell.net
telus.net videotron.ca cogeco.ca duck.com mozmail.com relay.firefox.com simplelogin.com
anonaddy.com mailinator.com guerrillamail.com yopmail.com 10minutemail.com temp-mail.org
"""

PUBLIC_DOMAINS = frozenset(_NAMES.split())
