import type { RequirementRecord } from '../terms/record.ts';

/** Requirements as a run's record holds them, for tests of the reports: `id | kind | source | statement` by section. */
const TEXT = `
# Availability and set-up
CR01 | documented | FLY | At or above the family threshold, an activated recorder with reserved email offers "Verify by Reserved Email"
CR02 | documented | FLY, HC1 ("and above") | Below the threshold the option and the "Reserved Email Settings" box are not offered
CR03 | documented | FIX, VIG | Version comparison uses firmwareVersion of deviceInfo and agrees with SADP and the GUI info page
CR04 | documented | FLY, HC1 | Activation wizard has checkbox "Reserved Email Settings" leading to an email field
CR05 | documented | M96, SDK 2038 | Leaving the box unticked ends activation without a reserved email and later hides or refuses the method
CR06 | documented | SDK 2019 | Not-activated recorder offers no password reset
CR07 | documented | HC1, HNR2, K1R | On an active recorder the address can be set from the GUI path of its generation (3.0, 4.0, lite)
CR08 | documented | HC1, K1R, RED | Setting or changing the address demands the admin password
CR09 | documented | SDK | Wrong admin password there counts towards a lock and does not change the address
CR10 | policy | (admin user only) HC1 | Operator or guest users can neither see nor change the reserved email
CR11 | policy | SDK limit | Malformed addresses (no @, blank, >128 bytes, control characters) are refused with a message
CR12 | policy | RED | After saving, the address is shown masked everywhere incl
CR13 | policy | implied M96 | Reserved email survives reboot and power loss
CR14 | policy | factoryReset modes | What a basic restore and a full factory reset do to the reserved email is reported
CR15 | policy | SER3 (FM30) | Firmware upgrade within a generation keeps the address and the admin account
CR16 | documented | ISG, FIX | Capability node isSupportSecurityEmail, when present, agrees with the GUI
# Dialogs and QR
CR17 | documented | M96, K1R | "Forgot Password" is reachable from the password login and from the pattern login
CR18 | documented | SDK, VHC | Type dialog lists exactly the methods configured (GUID, question, email, Hik-Connect)
CR19 | documented | M96, K1R, HNR | A legal disclaimer (or privacy policy) with its own QR comes before the reset QR
CR20 | policy | M96 | Not accepting the disclaimer (Cancel / Back / right click) shows no reset QR
CR21 | policy | BLG | The reset QR decodes from a lossless capture at every supported output resolution
CR22 | documented | M96 | Disclaimer QR and reset QR differ, and the harness tells them apart
CR23 | policy | SDK | QR payload is non-empty, at most 1024 bytes, and not a URL with credentials
CR24 | policy | policy | QR payload contains neither password, nor plain reserved address, nor the code (raw, Base64, hex, reversed)
CR25 | policy | "device-made", SDK | QR payload differs between two devices
CR26 | policy | BLG (code void) | QR payload differs after reboot and after change of address
CR27 | measured | SAD2 | Behaviour of a re-opened dialog (same or fresh QR) is recorded
CR28 | documented | M67 | Export with a USB drive writes an image whose payload equals the screen QR and which holds no extra
CR29 | policy | FM20 | Export without, with a full, or with a write-protected drive gives a message and no crash
CR30 | policy | policy | Leaving the dialog idle ends in the login screen, never in a logged-in menu
# Mail
CR31 | documented | M67, DOC | After a valid scan a mail reaches the reserved mailbox within 300 s
CR32 | documented | M67, IPC2 | After mailing the exported QR as attachment the mail reaches the reserved mailbox within 300 s
CR33 | documented | M67, IPC2 | The mail goes only to the reserved address, not to the scanning account or to the sender of the QR
CR34 | documented | FLY, SAD | Mail holds exactly one 8-character code that the parser finds in each tested locale
CR35 | policy | policy | Mail carries no password and no complete serial beyond what the profile allows
CR36 | policy | FM05 | SPF/DKIM/DMARC results and sender domain are recorded
CR37 | policy | DAH peer | Scanning twice: number of mails and whether both codes are equal is recorded
CR38 | policy | DAH peer | Several scans in a short time are rate limited by the service (sandbox double only
# Code entry
CR39 | documented | BLG | Correct code within its life opens "Reset Password"
CR40 | documented | SDK 2039 | Wrong code is refused with a message that does not say which part was wrong
CR41 | policy | FLY | Empty, 7-char, 9-char, blank-padded and non-ASCII codes are refused without crash
CR42 | policy | SDK LOCKED, NE2 (7 / 30 min for GUID) | N wrong codes lock the dialog
CR43 | policy | policy | During the lock the correct code is refused, and tries do not shorten the lock
CR44 | policy | BLG | Lock survives reboot or the code dies with the reboot: no way to gain fresh tries with the same code
CR45 | policy | HUI | Code lock does not hinder admin login with the right password by local GUI or HTTP (no denial of
CR46 | policy | policy | Code is single-use: second use after success is refused
CR47 | policy | policy | Code accepted but reset cancelled before the new password: same code re-usable or void is recorded
CR48 | policy | SDK (device-made) | Code of device A is refused on device B
CR49 | documented | BLG, DOC | Code accepted at 47 h 55 min
CR50 | documented | BLG, DOC | Code refused at 48 h 05 min
CR51 | policy | FM27 | Setting the device clock back or forth, or NTP change, does not lengthen the life of a code
CR52 | documented | BLG | Code refused after soft reboot (GUI or /ISAPI/System/reboot) and after power cut, as two sub-tests
CR53 | documented | BLG | Code refused after the reserved email changed, also when changed back
CR54 | policy | policy | Code refused after the admin password was changed by another way, after factory reset, and after
CR55 | documented | SAD2 | Code of an older QR is refused once a newer QR was exported or shown as fresh
# New password and aftermath
CR56 | documented | M1, ACT | New password obeys 8-16 chars and >= 2 classes
CR57 | documented | M1 | Password containing user name, "admin", "123", runs of 4 is refused where the profile says so
CR58 | policy | ACT | Mismatched confirmation is refused
CR59 | documented | BLG | New password logs in on GUI, HTTP digest and sessionLogin
CR60 | policy | policy | Old password is dead on GUI, HTTP (userCheck 401), RTSP, SDK port
CR61 | policy | sessionLogin | HTTP sessions, cookies and digest nonces made before the reset are dead
CR62 | documented | HLK | Former unlock pattern is void after the reset
CR63 | documented | M96, NE2 | Former GUID file is void after the reset
CR64 | policy | contrast M67 (Hik-Connect method wipes) | Reset by reserved email changes nothing else: config digest (network, channels, users, record plan)
CR65 | documented | HQK | Offer to copy the password to IP cameras is a visible Yes/No
CR66 | policy | policy | Recording goes on through the whole flow (no gap beyond the profile)
CR67 | policy | policy | Reserved email stays set and masked after the reset
CR68 | policy | logSearch | A log entry exists for reset start, wrong codes, success, with time and "local"
# Leaks and side channels
CR69 | policy | ISG | No unauthenticated HTTP path returns the reserved email (unmasked), code or password
CR70 | policy | ISG | email/parameter as admin returns a masked or complete address as the profile says
CR71 | policy | GOS | SADP answers hold no address, code or password
CR72 | policy | PSH | Serial text during set-up, QR, code entry and reset holds no address, code, password or QR payload
CR73 | policy | PSH | Serial console in its locked shell offers no command that shows or clears the password (allow-listed
CR74 | policy | policy | Exported configuration file, logs and HDMI soft keyboard previews hold no clear password or code
CR75 | policy | M1 | Recorder with no reset method never logs in by the "auto login" question
# Co-existing locks and robustness
CR76 | documented | HUI, VIG, IPC | Login lock: admin 7 wrong, operator 5 wrong, 60 s locally (profile value)
CR77 | policy | policy | A login lock does not block the documented reset, or the profile says so
CR78 | documented | NE2 | 7 wrong GUID files block the reset for 30 min
CR79 | policy | M67 (USB way), VHC | Loss of network during the wait does not void the code
CR80 | policy | policy | Power cut while the new password is saved leaves either old or new password working, never none and
`;

/** Requirements about security; among them those to which something happens in the sample run. */
const SECURITY: Readonly<Record<string, readonly string[]>> = {
  CR03: ['CWE-345'],
  CR11: ['CWE-20'],
  CR17: ['CWE-640'],
  CR21: ['CWE-640'],
  CR24: ['CWE-522', 'CWE-200'],
  CR31: ['CWE-640'],
  CR40: ['CWE-204'],
  CR60: ['CWE-640'],
  CR61: ['CWE-613'],
  CR64: ['CWE-269'],
  CR70: ['CWE-862'],
};

/** 80 requirements in their sections. */
export function sampleRequirements(): readonly RequirementRecord[] {
  let section = '';
  return TEXT.trim()
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('# ')) {
        section = line.slice(2);
        return [];
      }
      const [id = '', kind = '', source = '', statement = ''] = line.split(' | ');
      return [
        {
          id,
          statement,
          source,
          kind: kind === 'documented' || kind === 'measured' ? kind : 'policy',
          section,
          ...(SECURITY[id] !== undefined && { security: SECURITY[id] }),
        },
      ];
    });
}
