"""An RTSP server for the tests: `/usr/bin/python3 rtsp_server.py PORT` serves rtsp://127.0.0.1:PORT/road."""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer.new()
server.set_address("127.0.0.1")
server.set_service(sys.argv[1])
factory = GstRtspServer.RTSPMediaFactory.new()
factory.set_launch(
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate=25/1"
    " ! jpegenc ! rtpjpegpay name=pay0 pt=26 )"
)
factory.set_shared(True)
server.get_mount_points().add_factory("/road", factory)
if server.attach(None) == 0:
    sys.exit(1)
sys.stdout.write("ready\n")
sys.stdout.flush()
GLib.MainLoop().run()
