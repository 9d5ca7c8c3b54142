"""The loop, with mails about drafts: real services over a real database; the sender, the mailboxes
and Slack are in memory, and the test plays Rita and Google's mail server."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from typing_extensions import override

from blocks.draft_mail import draft_mail
from db.models.letters import DraftLetter
from db.models.records import InboundEvent
from db.models.tenants import Member
from db.session import Database, Tx
from services.devices import DeviceService
from services.intake import Intake
from services.letters.draft_desk import DraftDesk
from services.letters.draft_letters import DraftLetterService
from services.letters.draft_pages import DraftPages
from services.letters.endings import EndService
from services.letters.links import Links
from services.letters.refusals import Refusals
from services.letters.replies import ReplyService
from services.letters.sign_in import LinkSignIn
from services.mail.compose import compose
from services.mail.parse import parse
from services.mail_out import MailOut
from services.mail_sync import MailSync
from services.mailbox_access import MailboxAccess
from services.mailboxes import MailboxService
from services.members import MemberService
from services.never_label import Forgetting
from services.types.approvals import Surface
from services.types.mail import Address, ParsedMail
from services.vault import Vault, generate
from tests.fakes.chat import FakeChat
from tests.fakes.mail import FakeMailboxes, credentials
from tests.fakes.mail_sender import FakeMailSender
from tests.fakes.sign_in import FakeSignIn
from tests.integration.services.approvals.mail_desk import received
from tests.integration.services.loop import Loop, make_loop

SYSTEM = "copilot@northwind.test"
PUBLIC = "https://copilot.example"
LINK = re.compile(rf"{PUBLIC}/act/([\w.-]+)")
NO_JOBS = ("card.deliver", "audit.chain", "draft.push")


class Post(Loop):
    """`sender` is what our mails leave by."""

    def __post_init__(self) -> None:
        super().__post_init__()
        db, clock, ids = self.database, self.clock, self.ids
        self.vault, self.world, self.chat = Vault.parse(generate()), FakeMailboxes(), FakeChat()
        self.sender = FakeMailSender(sender=Address(email=SYSTEM, name="Understudy"))
        self.links, self.sign_in = Links.of(self.vault), FakeSignIn()
        self.letters = DraftLetterService(
            db=db,
            clock=clock,
            ids=ids,
            audit=self.audit,
            links=self.links,
            mail_out=MailOut(sender=self.sender),
            card=self.views.mail_card,
            render=draft_mail,
            public_url=PUBLIC,
        )
        self.written = self.letters.ready
        self.access = MailboxAccess(
            db=db, clock=clock, ids=ids, vault=self.vault, gateways=self.world
        )
        self.desk = DraftDesk(
            db=db,
            clock=clock,
            letters=self.letters,
            actions=self.actions,
            card=self.views.mail_card,
            refusals=self.refusals(Surface.REPLY),
            undo=self.undo,
        )
        self.replies = ReplyService(
            db=db,
            clock=clock,
            ids=ids,
            mails=self.access,
            refusals=self.refusals(Surface.REPLY),
            desks=(self.desk,),
        )
        devices = DeviceService(
            db=db, clock=clock, ids=ids, sign=self.links.sign, verify=self.links.verified
        )
        signing = LinkSignIn(
            db=db,
            devices=devices,
            members=MemberService(db=db, clock=clock, ids=ids, chats=self.chat),
            refusals=self.refusals(Surface.LINK),
            gateway=self.sign_in,
        )
        self.pages = DraftPages(
            db=db,
            clock=clock,
            links=self.links,
            devices=devices,
            sign_in=signing,
            card=self.views.mail_card,
            actions=self.actions,
            refusals=self.refusals(Surface.LINK),
            undo=self.undo,
        )
        self.endings = EndService(db=db, audit=self.audit, links=self.links)

    def refusals(self, surface: Surface) -> Refusals:
        return Refusals(db=self.database, clock=self.clock, audit=self.audit, surface=surface)

    # ── the world ───────────────────────────────────────────────────────────────────────────────
    async def open(self, **preferences: str) -> "Post":
        """The system mailbox is connected and read once; Rita wants drafts by mail."""
        self.world.add(SYSTEM)
        self.system = await self.mailboxes().add(
            self.tenant, SYSTEM, credentials(SYSTEM), is_system=True
        )
        await self.mailboxes().sync(self.tenant, self.system)
        await self.set(Member, self.rita.id, preferences={"draft_mail": "on"} | preferences)
        return self

    def mailboxes(self) -> MailboxService:
        async def touched(_tx: Tx, *_: Any) -> None:
            return None

        db, clock, ids = self.database, self.clock, self.ids
        sync = MailSync(
            db=db,
            clock=clock,
            intake=Intake(clock=clock, ids=ids),
            touch=touched,
            forgetting=Forgetting(db=db, clock=clock, ids=ids, audit=self.audit),
            orders=self.replies.receive,
        )
        return MailboxService(
            db=db,
            clock=clock,
            ids=ids,
            vault=self.vault,
            access=self.access,
            mail_sync=sync,
            touch=touched,
            audit=self.audit,
        )

    @override
    async def _run_more(self, kind: str, body: dict[str, Any], ids: dict[str, UUID]) -> None:
        match kind:
            case "draft.letter":
                await self.letters.send(self.tenant, ids["letter_id"])
            case "approval.order":
                await self.replies.run(self.tenant, ids["event_id"])
            case _:
                await super()._run_more(kind, body, ids)

    async def work(self) -> None:
        await self.drain(skip=("effect.run",))

    async def told(
        self, words: str = "Could you send me the security report by Friday?"
    ) -> ParsedMail:
        """Carla asks, the draft is written, and Rita has it by mail."""
        await self.write(words)
        await self.work()
        return self.arrived()[-1]

    def arrived(self) -> list[ParsedMail]:
        """Everything that left, oldest first."""
        return [parse(raw) for _, raw in self.sender.sent]

    def raw(self) -> bytes:
        return self.sender.sent[-1][1]

    async def reply(
        self,
        mail: ParsedMail,
        words: str,
        *,
        sender: str | None = None,
        to: str | None = None,
        top: str | None = None,
        box: str = SYSTEM,
        whole: str | None = None,
        **headers: str,
    ) -> None:
        """Somebody answers that mail; Google's server takes it in, the mailbox is read, the jobs
        run. `top` replaces what Google writes above, `whole` the quoted answer."""
        await self.write_reply_only(
            mail, words, sender=sender, to=to, top=top, box=box, whole=whole, **headers
        )
        await self.work()

    async def write_reply_only(
        self,
        mail: ParsedMail,
        words: str,
        *,
        sender: str | None = None,
        to: str | None = None,
        top: str | None = None,
        box: str = SYSTEM,
        whole: str | None = None,
        **headers: str,
    ) -> None:
        """It lies in the mailbox and has been seen; nothing has been done about it."""
        self.clock.move(timedelta(minutes=1))
        sender = sender or self.rita.email
        quote = "\n".join(f"> {line}" for line in mail.text.splitlines())
        told = f"{words}\n\nOn Sat, 21 Nov 2026 at 09:30, Understudy wrote:\n{quote}\n"
        self.last_reply = f"<{self.ids.new().hex}@mail.test>"
        raw = compose(
            sender=Address(email=sender),
            to=[Address(email=to or next(iter(mail.reply_to or (Address(email=SYSTEM),))).email)],
            subject=f"Re: {mail.subject}",
            text=told if whole is None else whole,
            date=self.clock.now(),
            message_id=self.last_reply,
            in_reply_to=mail.message_id,
            references=[*mail.references, mail.message_id],
            headers=headers,
        )
        above = received(sender, SYSTEM) if top is None else top
        self.world.mailboxes[box].deliver(above.encode() + raw, at=self.clock.now())
        await self.mailboxes().sync(self.tenant, self.system)

    async def rows_of(self) -> list[DraftLetter]:
        return sorted(await self.rows(DraftLetter), key=lambda letter: letter.number)

    async def became(self) -> list[str | None]:
        """What became of each mail in the system mailbox."""
        return [event.note for event in await self.rows(InboundEvent)]


async def make_post(database: Database) -> Post:
    post = await make_loop(database, sort=Post)
    assert isinstance(post, Post)
    return await post.open()


def link_of(mail: ParsedMail) -> str:
    """The token of the first link in it."""
    found = LINK.search(mail.text)
    assert found, mail.text
    return found[1]
