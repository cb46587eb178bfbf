"""The words of every refusal that a page can show: what is wrong, and what to do next.

To add a refusal: a member of `core.reasons.Reason`, its words here (or in `cli.refusals` if only a command
can raise it), and `raise Refused(Reason.X)`. The value of a ``%(name)s`` in the words is given to `Refused`
as the keyword ``name``.
"""

from __future__ import annotations

from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.web.core.words import later as _l

NOT_OFFERED = _l(
    "The form sent something that it does not offer. Open the page again and choose from what it shows."
)
GENERAL = _l("The service could not do that. Go back and try again.")
WORDS: dict[Reason, str] = {
    Reason.ACTIVITY_BEGUN: _l("It has begun already. Ask the people at your school if something is wrong."),
    Reason.ACTIVITY_BOOKED: _l(
        "Students have signed up for this, or were counted there, so it stays. You can cancel it."
    ),
    Reason.ACTIVITY_CANCELLED: _l("This was cancelled, so nothing about it can be changed any more."),
    Reason.ACTIVITY_FOR_OTHERS: _l("This is for other year groups or sectors. Choose one from your list."),
    Reason.ACTIVITY_LOGGED: _l(
        "Somebody has logged this activity. What it is called, what it is, the employer and the place"
        " stand in their entries, so they stay as they are."
    ),
    Reason.ACTIVITY_OVER: _l("This is over, so it cannot be changed any more."),
    Reason.ACTIVITY_USED: _l("Somebody has logged this activity, so it stays."),
    Reason.ALIGNMENTS_FULL: _l("A skill names at most %(most)s items of other frameworks. Remove one first."),
    Reason.ALIGNMENT_ADDRESS: _l(
        "Enter the full address of one item: of ESCO (http://data.europa.eu/esco/skill/…), or of a CASE"
        " framework (https://…, ending in the item's identifier)."
    ),
    Reason.ALREADY_DECIDED: _l("Somebody has already decided about this."),
    Reason.ALREADY_SENT: _l("You have already sent this, so it cannot be changed now."),
    Reason.ALREADY_SHARED: _l(
        "This has a code already, so it cannot be changed. You can stop it and make another one."
    ),
    Reason.ALREADY_SIGNED: _l(
        "It is signed already, so it cannot be undone. The student can withdraw the entry."
    ),
    Reason.APP_ALREADY_THERE: _l("You have an app already. Remove it first."),
    Reason.ASKED_ANOTHER_ALREADY: _l("You can ask somebody else once, after a champion was not able to say."),
    Reason.ATTENDANCE_RECORDED: _l(
        "Your school has recorded that you were not there. Tell them if that is wrong."
    ),
    Reason.BASIS_UNKNOWN: NOT_OFFERED,
    Reason.BATCH_TOO_LARGE: _l("That is more than one page of the queue. Go back and choose again."),
    Reason.BEING_CORRECTED: _l("A correction of this entry is being signed. Try again in a minute."),
    Reason.CAPTIONS_MISSING: _l("What is online needs captions. Ask the host for them, then tick the box."),
    Reason.CONTACT_IN_ABOUT: _l(
        "Students read this: leave out phone numbers, addresses, links and user names."
    ),
    Reason.CONTACT_IN_HOST: _l("Leave out phone numbers, addresses, links and user names."),
    Reason.CONTACT_IN_ROUTE: _l(
        "Students read this: leave out phone numbers, addresses, links and user names."
    ),
    Reason.TIMES_REVERSED: _l(
        "Enter an end that is after the beginning. Without a beginning leave the end empty."
    ),
    Reason.HEADCOUNT_OUT_OF_RANGE: _l("Enter a whole number from 0 to %(most)s."),
    Reason.HOST_LEFT: _l(
        "The employer that was to host this has left the programme, so nobody can sign up. Your school knows."
    ),
    Reason.MENTORING_ALONE: _l("Mentoring here is for groups. Enter at least %(least)s places."),
    Reason.NO_PLACE: _l("You have no place at this one. Tell the people who run it that you are here."),
    Reason.NO_SIGN_UP: _l("Nobody needs to sign up for this. Your school says who goes."),
    Reason.ONLY_SESSION: _l("This is the only session. Change its day, or cancel the activity."),
    Reason.PLACES_OUT_OF_RANGE: _l(
        "Enter a whole number of places from 1 to %(most)s, or leave it empty where nobody signs up."
    ),
    Reason.PLACES_TAKEN: _l("%(taken)s places are taken already. Enter at least as many."),
    Reason.PROPOSED_DAY: _l("Enter a day in the last 3 years that is not in the future."),
    Reason.SESSION_FAR: _l("Check the year: this is more than 3 years away."),
    Reason.SESSION_HELD: _l("People were counted at this session, so it stays."),
    Reason.SESSION_NOT_YET: _l("This has not been held yet. Come back on its day."),
    Reason.TEXT_TOO_LONG: _l("Use at most %(most)s characters."),
    Reason.TOO_MANY_PROPOSALS: _l(
        "You have asked for %(most)s already. Wait until your school has answered."
    ),
    Reason.TOO_MANY_SESSIONS: _l("There are %(most)s sessions already. Add another activity for the others."),
    Reason.WALL_CODE_CLOSED: _l(
        "This code is for another day. Ask the people who run it for the code of today."
    ),
    Reason.WALL_CODE_UNKNOWN: _l(
        "We cannot find this code. Look at the wall again and type what stands there."
    ),
    Reason.WITH_LEAD: _l(
        "The people who keep students safe are reading this, and they decide about it."
        " You do not need to do anything."
    ),
    Reason.BEING_READ: _l("Somebody at your school is reading this, so it cannot be removed now."),
    Reason.CANNOT_BE_CORRECTED: _l("This entry was withdrawn or replaced, so it cannot be corrected."),
    Reason.CANNOT_BE_HELD: _l("This entry was withdrawn or replaced, so it cannot be put on hold."),
    Reason.CANNOT_BE_WITHDRAWN: _l("This entry cannot be withdrawn any more."),
    Reason.CASE_CYCLE: _l(
        "These items stand below one another in a circle: %(where)s. Take one of these isChildOf out,"
        " and send the file again."
    ),
    Reason.CASE_DOCUMENT_ALONE: _l(
        "This file is the CFDocument alone, without its items. Download the package that its"
        " CFPackageURI names."
    ),
    Reason.CASE_MALFORMED: _l(
        "Something in this package is missing or of the wrong kind: %(where)s. Ask its publisher to"
        " correct it."
    ),
    Reason.CASE_NOT_JSON: _l(
        "This file is not readable as JSON (%(where)s). Download it again from where it was published,"
        " and send that."
    ),
    Reason.CASE_NO_DOCUMENT: _l(
        "This JSON file has no CFDocument, so it is no CASE package. Ask its publisher for the package"
        " (CFPackage)."
    ),
    Reason.CASE_NO_ITEMS: _l("There are no items in this package, so there are no skills in it."),
    Reason.CASE_NO_TITLE: _l(
        "The framework in this file has no title. Give its CFDocument a title, and send it again."
    ),
    Reason.CASE_SAME_IDENTIFIER: _l(
        "Two items of this package have the same identifier: %(where)s. Ask its publisher to correct it."
    ),
    Reason.CASE_TOO_LARGE: _l(
        "This package is too large: we take up to 20,000 items and 32 MB. Ask its publisher for a part of it."
    ),
    Reason.CHANGED_ELSEWHERE: _l(
        "This was changed on another page meanwhile. Open it again and read what it says now."
    ),
    Reason.CHANGED_MEANWHILE: _l(
        "It has changed since you opened it. Open it again and read what it says now."
    ),
    Reason.CHALLENGE_SETTLED: _l("An organiser has published or closed it, so ask one to change it."),
    Reason.CLASS_IN_THE_FUTURE: _l("Enter a day that is not in the future."),
    Reason.CONTACT_IN_BRIEF: _l(
        "Anybody can read this: leave out phone numbers, addresses, links and user names."
    ),
    Reason.CLOSED_TOO_LONG: _l("Enter a last day within 100 days of the first."),
    Reason.COLUMNS_UNMATCHED: _l(
        "Choose which column holds the skill, and which hold the levels: one for each level, or one"
        " for the level and one for its wording."
    ),
    Reason.COMMENTS_OPEN: _l(
        "There are open comments, or remarks on the words. Deal with them, or tick that you publish all the"
        " same."
    ),
    Reason.COMMENT_MISSING: _l("Write your comment."),
    Reason.COMMENT_TOO_LONG: _l("Shorten the comment to %(most)s characters."),
    Reason.CONTACT_IN_TITLE: _l(
        "Students read this: leave out phone numbers, addresses, links and user names."
    ),
    Reason.DATE_AFTER_ENDORSEMENT: _l(
        "Enter a day that is not after the day of the endorsement or confirmation."
    ),
    Reason.DAY_OUT_OF_RANGE: _l("Enter a day in the last 12 months that is not in the future."),
    Reason.DECLARATION_MISSING: _l("Tick each of the declarations."),
    Reason.EMAIL_TAKEN: _l(
        "There is an account with this address already. One address has one account in the whole service,"
        " so enter another one of theirs."
    ),
    Reason.EMPLOYER_ASKED: _l("Somebody has asked for this already. Decide about that first."),
    Reason.EMPLOYER_ENDED: _l("This employer takes no part any more. Choose another one."),
    Reason.EMPLOYER_HAS_WORK: _l(
        "Endorsements of this employer still wait to be signed. Try again in a day."
    ),
    Reason.END_OUT_OF_RANGE: _l("The last day has gone by or is too far away. Choose another day."),
    Reason.EMPLOYER_SIGNED: _l(
        "A champion has signed for the employers already. A coordinator signs next, for the schools."
    ),
    Reason.ENDS_BEFORE_IT_STARTS: _l("The last day is before the first. Change one of them."),
    Reason.ENROLMENT_NOT_ACTIVE: _l(
        "You can read and share what you have, but not write or send anything now. Ask your coordinator."
    ),
    Reason.ENROLMENT_STEP: _l("Somebody has changed this student's state meanwhile. Open their page again."),
    Reason.RECOVERY_OPEN: _l(
        "The service is being put right after a fault. Nothing can be endorsed, corrected or shared just now,"
        " and nothing was changed. Try again later."
    ),
    Reason.ENTRY_CHANGED: _l(
        "One of the entries that you chose has changed, so it cannot be shared now. Choose again."
    ),
    Reason.FILE_BEING_CHECKED: _l(
        "A photo or PDF is still being checked. Wait a few seconds, then send it again."
    ),
    Reason.FILE_CUT_OFF: _l("Not all of the file arrived, or it has more than 12 MB. Choose it again."),
    Reason.FILE_EMPTY: _l("Choose a photo or a PDF."),
    Reason.FILE_HAS_PROBLEMS: _l(
        "Put right what is listed in the file, or choose other columns. Nothing has been made of it yet."
    ),
    Reason.FILE_IN_USE: _l("A draft was made of this file, so it is kept with it."),
    Reason.FILE_KIND: _l("This is no photo and no PDF. Choose a JPEG, a PNG or a PDF."),
    Reason.FILE_NOT_KEPT: _l(
        "We cannot keep files at the moment. Your file was not added, and your text is safe."
        " Send it without the file, or add the file again later."
    ),
    Reason.FILE_TOO_LARGE: _l("This file is too large. Choose one of at most 12 MB."),
    Reason.FRAMEWORK_FILE_MISSING: _l("Choose a file: CSV, Excel, LibreOffice, or a CASE package."),
    Reason.FRAMEWORK_NOT_IN_REVIEW: _l(
        "This version is not in review, so it cannot be signed. Ask its author to send it to review."
    ),
    Reason.FRAMEWORK_NOT_PUBLISHED: _l("This version was never published. Its author can discard it."),
    Reason.FRAMEWORK_PUBLISHED: _l(
        "This version is published, so its words stay as they are. Draft a new version from it."
    ),
    Reason.FRAMEWORK_SIGNED: _l("Somebody has signed this version, so it is kept. Change its words instead."),
    Reason.FRAMEWORK_TARGET_MISSING: _l(
        "Choose whether this is a new version of a framework or a new framework."
    ),
    Reason.HELD_BY_OPERATOR: _l(
        "This entry has to be signed again with a new key first. The operator of the service does that."
    ),
    Reason.HELD_BY_SCHOOL: _l(
        "The school put this entry on hold for a reason that only it can read, so only the school can "
        "take it off."
    ),
    Reason.HOW_SEEN_MISSING: _l(
        "Another employer hosted this. Go back to it in your queue and say how you came to see it."
    ),
    Reason.HOURS_OUT_OF_RANGE: _l("Enter the hours it takes, more than 0 and at most 200."),
    Reason.IDENTITY_ELSEWHERE: _l(
        "That account of %(name)s is connected to another account here. Sign out and sign in with it, or "
        "ask your programme which one is yours."
    ),
    Reason.IDENTITY_SECOND: _l(
        "Your account here is connected to another account of %(name)s. Use that one, or sign in as usual"
        " and change it on the page Account."
    ),
    Reason.IDENTITY_UNKNOWN: _l(
        "Nobody here has the address that %(name)s gave us. If you have an account here with another "
        "address, sign in as usual and connect the two on the page Account. Else ask your programme."
    ),
    Reason.IDENTITY_UNVERIFIED: _l(
        "%(name)s does not say that the address is yours. Sign in as usual once, and connect the two on "
        "the page Account."
    ),
    Reason.INSTITUTION_TAKEN: _l("There is an institution with this word already. Choose another one."),
    Reason.KEY_HAS_WORK: _l("Endorsements of this employer still wait to be signed. Try again in a day."),
    Reason.KEY_REVOKED: _l("This key was revoked before."),
    Reason.KEY_STATE: _l(
        "A key of this employer cannot be used for that now. Ask the operator of the service."
    ),
    Reason.KIND_UNKNOWN: NOT_OFFERED,
    Reason.LAST_FACTOR: _l("This is your last second step, and you need one. Set up another one first."),
    Reason.LENGTH_UNKNOWN: NOT_OFFERED,
    Reason.LEVELS_EMPTY: _l(
        "Some levels have no words yet. Their author writes them first: every skill needs all four."
    ),
    Reason.LEVEL_HIGHER_THAN_CLAIMED: _l(
        "You can endorse the level that was claimed or a lower one. For a higher one, send it back."
    ),
    Reason.LEVEL_UNKNOWN: NOT_OFFERED,
    Reason.LIST_BUSY: _l(
        "We are taking in other lists. Nothing of yours was kept: send it again in a minute."
    ),
    Reason.LIST_EMPTY: _l("Choose a file, or paste your codes."),
    Reason.LIST_IS_DOCUMENT: _l("This is a Word document. Save it as PDF, or put the codes into a CSV file."),
    Reason.LIST_IS_WORKBOOK: _l(
        "This is an Excel workbook of an older kind, or it has a password. Save it as .xlsx without a"
        " password, or as CSV, and send that file."
    ),
    Reason.LIST_MIXED: _l("Send one list, or one ZIP, or only PDFs and pictures: not a mixture."),
    Reason.LIST_TOO_LARGE: _l("That is too much at once. Split it into several smaller ones."),
    Reason.NAME_MISSING: _l("Enter the name."),
    Reason.NAME_TAKEN: _l("There is one with this name already. Choose another name, or change that one."),
    Reason.NAME_TOO_LONG: _l("Use at most %(most)s characters."),
    Reason.NO_ADDRESS: _l("There is no email address here, so no invitation can go out."),
    Reason.NO_HIGHER_LEVEL: _l("There is no higher level of this skill that could take its place."),
    Reason.NO_KEY_PLACE: _l(
        "This needs a key that is kept offline. Ask the operator of the service to finish it."
    ),
    Reason.NO_SKILLS: _l("There is no skill in it yet. Add one first."),
    Reason.NO_STUDENT_CHOSEN: _l("Choose at least one student."),
    Reason.NOT_CHANGED: _l(
        "You have not changed anything since it was sent back. Change it first, then send it again."
    ),
    Reason.NOT_COMPLETE: _l("Something is still missing. Go through the steps again."),
    Reason.NOT_INVITABLE: _l("This account is closed, so no invitation can go out. Open it again first."),
    Reason.NOT_ON_HOLD: _l("This entry is not on hold."),
    Reason.NOTE_TOO_LONG: _l("Use at most 300 characters for the note."),
    Reason.NOTHING_CHOSEN: _l("Choose at least one entry."),
    Reason.NOTHING_TO_CORRECT: _l("It says so already, so there is nothing to correct."),
    Reason.NOTHING_TO_RENEW: _l("Nothing in this code was replaced, so it needs no new one."),
    Reason.ON_HOLD_ALREADY: _l("Somebody has put this entry on hold already. Their reason stays."),
    Reason.OVER_ALREADY: _l("Enter a last day that has not gone by."),
    Reason.PASSWORD_COMMON: _l("Many people use this password, so it is tried first. Choose another one."),
    Reason.PASSWORD_EASY: _l("This password is easy to guess. Choose another one, for example four words."),
    Reason.PASSWORD_TOO_LONG: _l("Use at most 512 characters."),
    Reason.PASSWORD_TOO_SHORT: _l("Use at least %(number)s characters."),
    Reason.PERSON_UNKNOWN: _l(
        "Nobody in your programme who can hold a role has this address. Check it letter by letter."
    ),
    Reason.REASON_MISSING: _l("Say why, in 10 to 500 characters."),
    Reason.REASON_UNKNOWN: NOT_OFFERED,
    Reason.REQUEST_DECIDED: _l("This request has been decided already."),
    Reason.REQUEST_NOT_YOURS: _l("Only the person who asked can take a request back. You can refuse it."),
    Reason.REQUEST_OF_THE_PAST: _l(
        "The person who asked for this is suspended or is not a manager any more. Refuse it, then ask for it "
        "yourself."
    ),
    Reason.ERASURE_WAITS: _l(
        "It cannot be carried out yet. Ask the safeguarding lead of the student's school, and try again when"
        " they say so."
    ),
    Reason.PRIVACY_ASKED: _l(
        "You have asked for this already, in other words. Wait for the answer, or take that back first."
    ),
    Reason.REQUEST_OWN: _l(
        "Another manager has to decide this: not the one who asked, and not the person it is about."
    ),
    Reason.ROLE_DOES_NOT_FIT: _l(
        "Choose another role. Coordinators and leads work at a school, champions manage nothing."
    ),
    Reason.ROLE_HELD: _l("They have this role already."),
    Reason.ROLE_OF_THE_ACCOUNT: _l("Their account was made for this role. Suspend the account instead."),
    Reason.ROLE_OWN: _l("Nobody proposes a role for themselves. Ask another manager."),
    Reason.ROLE_PROPOSED: _l("Somebody has proposed them already. Decide about that first."),
    Reason.RULE_BAD_HEADING: _l("A heading is words in square brackets, like [meeting words]."),
    Reason.RULE_NO_HEADING: _l("It stands under no heading. Put a heading like [meeting words] before it."),
    Reason.RULE_NOT_FINDABLE: _l("Under [find] there can be: phone numbers, emails, links, handles."),
    Reason.RULE_NOT_WORDS: _l("Use letters and numbers only. A star may stand at the end of a word."),
    Reason.RULE_TOO_LONG: _l("It is too long. Use at most 8 words and 80 characters."),
    Reason.RULE_TOO_SHORT: _l("It is too short: it would hold nearly every text. Use at least 4 letters."),
    Reason.RULES_TOO_MANY: _l("There are too many lines. Use at most 600."),
    Reason.SCHOOL_MISSING: _l("Choose the school: coordinators and safeguarding leads work at one."),
    Reason.SCHOOL_SIGNED: _l(
        "A coordinator has signed for the schools already. A champion signs next, for the employers."
    ),
    Reason.SECTOR_RETIRED: _l("This sector is not offered any more. Choose another one."),
    Reason.SHARE_OVER: _l("This share is over. Make a new one."),
    Reason.SHARED_MAILBOX: _l(
        "Several people seem to read this address. Enter one that only this person reads."
    ),
    Reason.SIGNER_NOT_ATTACHED: _l(
        "You are attached to no school of the programme today, so you cannot sign for the employers."
        " Ask your programme manager."
    ),
    Reason.SIGN_OFFS_MISSING: _l(
        "It cannot be published yet: a champion signs for the employers first, and a coordinator for the"
        " schools."
    ),
    Reason.SIGNER_SUSPENDED: _l(
        "Somebody who signed it is suspended now. Ask another champion or coordinator to sign: its author"
        " takes it back to draft and sends it to review again."
    ),
    Reason.SKILL_GONE: _l("This skill is not offered any more. Choose another one."),
    Reason.SKILL_NAME_TAKEN: _l(
        "Another skill of this version has this name. Entries show a skill without its group, so give it"
        " another one."
    ),
    Reason.SLUG_TAKEN: _l("An employer or programme has this word already. Choose another one."),
    Reason.SLUG_TAKEN_MEANWHILE: _l(
        "Somebody else was let in under this short word meanwhile. Refuse this request and ask again."
    ),
    Reason.SLUG_UNUSABLE: _l("Use 2 to 40 small letters, digits and hyphens, beginning with a letter."),
    Reason.SUSPENSION_REASON: NOT_OFFERED,
    Reason.TABLE_EMPTY: _l(
        "There are no rows in this list. It needs a heading, and a code in each row below it."
    ),
    Reason.TABLE_CODES_IN_SEVERAL: _l(
        "No column has the heading Code, and codes stand in several: %(names)s. Give the right one that"
        " heading."
    ),
    Reason.TABLE_NO_CODE_COLUMN: _l(
        "There is no column of codes. Give one column the heading Code. The headings we found: %(names)s."
    ),
    Reason.TABLE_NOT_TEXT: _l("We cannot read this list. Save it as CSV (comma separated) and send that."),
    Reason.TABLE_SAME_HEADING: _l(
        "Two columns mean the same to us: %(first)s and %(second)s. Give one of them another heading."
    ),
    Reason.TABLE_TOO_LARGE: _l(
        "This list is larger than %(megabytes)s MB. Leave out columns, or split it into several files."
    ),
    Reason.TABLE_TOO_LONG: _l(
        "There are %(count)s rows, and we take %(most)s at a time. Split the list into %(parts)s files."
    ),
    Reason.TABLE_TOO_LONG_WITHOUT_ACCOUNT: _l(
        "There are %(count)s rows, and without an account we take %(most)s at a time. Split the list into"
        " files of at most %(most)s rows, or ask the programme for an account for your institution."
    ),
    Reason.TEXT_UNUSABLE: _l(
        "A name has signs in it that cannot be signed. Leave out signs that cannot be seen, and unusual "
        "quotation marks."
    ),
    Reason.TIME_IN_THE_FUTURE: _l("Enter a time that is not in the future."),
    Reason.TIMES_OVERLAP: _l("This overlaps with a time that is there already. Change the days."),
    Reason.TITLE_PUBLISHED: _l(
        "A version of this framework is published, and entries name it, so its name stays."
    ),
    Reason.TOO_LONG: _l("Enter a last day within three years of the first."),
    Reason.TOO_MANY_CLASS_CODES: _l(
        "Your school has %(most)s class codes already. End one of them, then make a new one."
    ),
    Reason.TOO_MANY_FILES: _l("You can add at most 3. Remove one first."),
    Reason.TOO_MANY_FILES_TODAY: _l("You have added many files today. Add this one tomorrow."),
    Reason.TOO_MANY_IN_LIST: _l(
        "There are %(count)s files, and we take %(most)s at a time. Split them into several lots."
    ),
    Reason.TOO_MANY_SHEETS: _l("That is more than can be printed at once. Choose fewer."),
    Reason.TOO_OLD: _l("Check the year: this is more than 25 years ago."),
    Reason.TRANSFER_OPEN: _l("This student has been offered to another school. Take that back first."),
    Reason.TRANSFER_OVER: _l(
        "This offer is over: it was answered, taken back, or nobody answered it in time."
        " Ask the other school what it says now."
    ),
    Reason.UNDER_13: _l(
        "Students under 13 have no account. Count them in the headcount of an activity instead."
    ),
    Reason.ADDRESS_UNUSABLE: _l("Enter a web address that begins with https://."),
    Reason.ENDS_BEFORE_IT_BEGINS: _l(
        "Enter an end that is after the beginning, on the same day and within 12 hours."
    ),
    Reason.FILM_WITHOUT_CAPTIONS: _l(
        "Enter the address of a film, and tick that it has captions."
        " Without captions some of the class are left out."
    ),
    Reason.MORE_NEEDS_THAN_PEOPLE: _l("That is more people than come. Change one of the numbers."),
    Reason.PEOPLE_OUT_OF_RANGE: _l("Enter a number of people, at most %(most)s."),
    Reason.PHONE_UNUSABLE: _l("Enter a telephone number with its digits, like 01632 960001."),
    Reason.TEXT_TOO_LONG: _l("Use at most %(most)s characters."),
    Reason.TOO_MANY_WAITING: _l(
        "The programme has more forms waiting than it can answer. Nothing was sent."
        " Try again in a week, or write to the programme."
    ),
    Reason.VISIT_IN_THE_PAST: _l("Enter a day and a time that have not gone by."),
    Reason.VISIT_NOT_BEGUN: _l("Count when the visit has begun. One that was cancelled is not counted."),
    Reason.VISIT_OVER: _l(
        "This visit has taken place, or was cancelled or moved online already, so this cannot be changed."
    ),
    Reason.VISIT_TAKEN: _l(
        "One of the two was planned or closed meanwhile. Go back to the visits and choose again."
    ),
    Reason.YEARS_REVERSED: _l("The last year group is before the first. Change one of them."),
    Reason.WITHDRAWAL_ASKED: _l(
        "Somebody has asked for this entry to be withdrawn already. Decide about that first."
    ),
    Reason.WITHDRAWAL_OVERTAKEN: _l(
        "The entry was withdrawn or replaced meanwhile, so there is nothing to decide any more."
    ),
    Reason.WITHDRAWAL_REASON: NOT_OFFERED,
    Reason.YEARS_OUT_OF_RANGE: _l("Enter year groups from %(first)s to %(last)s."),
    Reason.YEAR_UNKNOWN: NOT_OFFERED,
    Reason.ZIP_BROKEN: _l("This ZIP is damaged, or is not a ZIP. Make it again and send it."),
    Reason.ZIP_EMPTY: _l("There are no files in this ZIP."),
    Reason.ZIP_TOO_LARGE: _l("There is too much in this ZIP. Split it into several smaller ones."),
    Reason.WORKBOOK_BROKEN: _l(
        "We cannot read this workbook. Open it, save it as .xlsx or as CSV, and send that file."
    ),
    Reason.WORKBOOK_BUSY: _l(
        "We are reading other workbooks. Nothing of yours was kept: send it again in a minute."
    ),
    Reason.WORKBOOK_LATER: _l(
        "Reading files from your network has taken a long time. Send it again in %(minutes)s minutes, or as"
        " CSV."
    ),
    Reason.WORKBOOK_LOCKED: _l(
        "This workbook has a password. Save it without one, or as CSV, and send that file."
    ),
    Reason.WORKBOOK_TOO_LARGE: _l(
        "This workbook is too large. Copy the list alone into a new workbook, or save its sheet as CSV, and"
        " send that."
    ),
    Reason.BORN_ON_MISSING: _l(
        "There is no date of birth, and a new student needs one. Add it to the file, or add this student by"
        " hand."
    ),
    Reason.BORN_ON_TWO_WAYS: _l(
        "This date of birth can be read in two ways. Write it as 2011-05-06, or as 6 May 2011."
    ),
    Reason.BORN_ON_UNREADABLE: _l(
        "This is no date of birth. Write it as day, month, year: 06/05/2011, or as 2011-05-06."
    ),
    Reason.CLAIM_DECIDED: _l("Somebody has decided about this student already."),
    Reason.COLUMN_NAME_MISSING: _l(
        "Say which column has the full name, or which two have the surname and the forename."
    ),
    Reason.COLUMN_YEAR_MISSING: _l("Say which column has the year group, or choose one year for everybody."),
    Reason.EMAIL_TWICE: _l(
        "Row %(row)s has the same email address. Two people cannot share one: correct it."
    ),
    Reason.EMAIL_UNUSABLE: _l("This is no email address. Correct it, or leave it out."),
    Reason.IMPORT_BEGUN: _l(
        "This list is being brought in already. Wait until it is done, then send another."
    ),
    Reason.IMPORT_NOT_COMPARED: _l("Say first what the columns mean, and look at what would change."),
    Reason.NAME_LETTERS_LOST: _l(
        "Letters of this name were lost when the file was saved. Export it as Excel, or as CSV UTF-8, and"
        " send that."
    ),
    Reason.NAME_SIGNED: _l(
        "The old name stands in entries that are signed. Correct it on the student's own page, which replaces"
        " them."
    ),
    Reason.NAME_TOO_SHORT: _l("This name is one letter. Write the whole name, or add this student by hand."),
    Reason.ONEROSTER_HEADINGS: _l(
        "A file of this OneRoster bundle has no column sourcedId. Export the bundle again from your school"
        " system."
    ),
    Reason.ONEROSTER_SCHOOLS: _l(
        "This bundle has several schools (%(names)s), and none of them is called %(school)s. Export your"
        " school alone."
    ),
    Reason.ROLLED_OVER: _l(
        "The years of your school have moved up already this school year. Undo that first, if it was wrong."
    ),
    Reason.ROLLOVER_STANDS: _l(
        "This was more than 14 days ago, so it stays. Correct single students on their pages, or with a list."
    ),
    Reason.STUDENTS_EMPTY: _l("There are no rows below the headings. Export the list again and send it."),
    Reason.STUDENTS_NO_FILE: _l("Choose the file with your students."),
    Reason.STUDENTS_NO_HEADING: _l(
        "We found no headings that we know. The list needs a row of headings such as Surname, Forename, Date"
        " of birth, Year group and Email."
    ),
    Reason.STUDENTS_TOO_LARGE: _l(
        "This file is larger than %(megabytes)s MB, more than any school's list. Export only names, dates of"
        " birth, year groups and email addresses."
    ),
    Reason.STUDENTS_TOO_MANY: _l(
        "There are %(count)s rows, and we take %(most)s at a time. Send it in several files, such as one for"
        " each year group."
    ),
    Reason.STUDENT_CLAIMED: _l(
        "This student may be in the programme already. The programme's managers decide: you do not need to do"
        " anything."
    ),
    Reason.NAME_WITH_MANY_DATES: _l(
        "This name stands in the list with more than %(most)s dates of birth. Check the column, or add these"
        " students one by one."
    ),
    Reason.STUDENT_TWICE: _l("This is the same student as in row %(row)s. Leave one of the two out."),
    Reason.YEAR_UNREADABLE: _l("This is no year group. Write it as 10, Y10 or Year 10."),
}


def words(refused: Refused, **more: object) -> str:
    """Return the sentence that a page shows for a refusal, in the language of the request.

    ``more`` are values for the words that the raising service does not know, such as a provider's name.
    """
    return str(WORDS.get(refused.reason, GENERAL)) % {**refused.details, **more}


def at_box(refused: Refused) -> str:
    """Return the words for a message beside a form field, without the full stop."""
    return words(refused).removesuffix(".")
